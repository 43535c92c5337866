/**
 * A real terminal, run by tmux, in which a test can type and whose screen it can read.
 *
 * @module
 */
import { isAlive } from "../alive.ts";
import { until } from "../file/file_processes.ts";

/** Whether tmux is installed. Tests that need it are skipped otherwise. */
export const hasTmux = await isInstalled();
if (!hasTmux) console.warn("tmux is not installed: the tests of the prompt are skipped");

/** A program that runs in a terminal. */
export interface Terminal {
  /** Types text literally. */
  type(text: string): Promise<void>;
  /** Presses keys by tmux's names: "Enter", "Tab", "Up", "C-c". */
  press(...keys: readonly string[]): Promise<void>;
  /** Returns the text on the screen, without trailing blanks. */
  screen(): Promise<string>;
  /** Returns everything it has shown, including what scrolled off the top, with escape sequences of colours. */
  history(): Promise<string>;
  /**
   * Returns the lines it has shown as the program wrote them, with the terminal's line breaks undone, without colours.
   */
  lines(): Promise<string[]>;
  /** Waits until the screen matches `pattern`, and returns the screen. Rejects with the screen after a minute. */
  shows(pattern: RegExp): Promise<string>;
  /**
   * Waits until the program has ended, and returns its exit status; 128 plus the signal's number if a signal ended it.
   */
  ended(): Promise<number>;
  /** Changes the size of the terminal. */
  resize(size: { readonly columns: number; readonly rows: number }): Promise<void>;
  /** The program's process. */
  readonly pid: number;
}

/** Where and how the program runs. */
export interface TerminalOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The number of characters per line. Default: 120. */
  readonly columns?: number;
  /** The number of lines. Default: 50. */
  readonly rows?: number;
}

/** Runs `command` in a terminal until `use` resolves. */
export async function withTerminal<Result>(
  command: readonly string[],
  options: TerminalOptions,
  use: (terminal: Terminal) => Promise<Result>,
): Promise<Result> {
  // Use a separate tmux server and no configuration, so that the settings and sessions of the user are not touched.
  await using notes = await newNotes();
  const server = ["-L", `jug_test_${crypto.randomUUID()}`, "-f", "/dev/null"];
  const env = Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`);
  const size = ["-x", String(options.columns ?? 120), "-y", String(options.rows ?? 50)];
  // With -u tmux handles wide characters whatever the locale is.
  await tmux(
    "-u",
    ...server,
    "new-session",
    "-d",
    ...size,
    "-c",
    options.cwd,
    "sh",
    "-c",
    KEEPER,
    notes.base,
    "env",
    ...env,
    ...command,
  );
  await tmux(...server, "set-option", "-g", "remain-on-exit", "on");
  const screen = async () => (await tmux(...server, "capture-pane", "-p", "-t", ":0")).trimEnd();
  const program = await notes.read("pid");
  try {
    return await use({
      type: async (text) => void await tmux(...server, "send-keys", "-t", ":0", "-l", "--", text),
      press: async (...keys) => void await tmux(...server, "send-keys", "-t", ":0", ...keys),
      screen,
      history: () => tmux(...server, "capture-pane", "-p", "-e", "-S", "-", "-t", ":0"),
      lines: async () =>
        (await tmux(...server, "capture-pane", "-p", "-J", "-S", "-", "-t", ":0")).trimEnd().split("\n"),
      async shows(pattern) {
        let last = "";
        const look = async () => pattern.test(last = await screen()) ? last : undefined;
        try {
          return await until(`${pattern} on the screen`, look);
        } catch (error) {
          throw new Error(`the screen shows\n${last}`, { cause: error });
        }
      },
      async ended() {
        const status = await notes.read("status");
        // Wait until tmux has seen the end, so that the screen shows all output.
        const isDead = async () =>
          (await tmux(...server, "display-message", "-p", "-t", ":0", "#{pane_dead}")).startsWith("1");
        await until("the terminal's end", async () => await isDead() ? true : undefined);
        return status;
      },
      resize: async ({ columns, rows }) =>
        void await tmux(...server, "resize-window", "-t", ":0", "-x", String(columns), "-y", String(rows)),
      pid: program,
    });
  } finally {
    await tmux(...server, "kill-server");
    // After its terminal has closed, the program may still write its history. Wait before its folder is removed.
    await until("the program to be gone", () => Promise.resolve(isAlive(program) ? undefined : true));
  }
}

/**
 * Runs the program and writes its process id and its exit status to files. tmux 3.3a knows both but sometimes loses
 * them. The signals of the terminal go to the program too; this script handles them and survives.
 */
const KEEPER = `trap : INT QUIT
sh -c 'printf %s $$ > "$0.pid"; exec "$@"' "$0" "$@"
printf %s $? > "$0.status"`;

interface Notes extends AsyncDisposable {
  /** The prefix of the files' paths. */
  readonly base: string;
  /** Waits for a number that the script writes. */
  read(what: "pid" | "status"): Promise<number>;
}

async function newNotes(): Promise<Notes> {
  const folder = await Deno.makeTempDir({ prefix: "jug_terminal_" });
  const base = `${folder}/program`;
  async function look(path: string): Promise<number | undefined> {
    const text = await Deno.readTextFile(path).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    });
    return text === "" ? undefined : Number(text);
  }
  return {
    base,
    read: (what) => until(`the program's ${what}`, () => look(`${base}.${what}`)),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

async function tmux(...args: readonly string[]): Promise<string> {
  const command = new Deno.Command("tmux", { args: [...args], env: { LANG: "C.UTF-8" } });
  const { success, stdout, stderr } = await command.output();
  if (!success) throw new Error(`tmux ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

async function isInstalled(): Promise<boolean> {
  try {
    return (await new Deno.Command("tmux", { args: ["-V"], stdout: "null", stderr: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
