/**
 * A real terminal that a test types into and reads the screen of, by way of tmux.
 *
 * @module
 */
import { isAlive } from "../alive.ts";
import { until } from "../file/file_processes.ts";

/** Whether tmux is there. Tests that need it are skipped without. */
export const hasTmux = await isInstalled();
if (!hasTmux) console.warn("tmux is not installed: the tests of the prompt are skipped");

/** A program in a terminal of its own. */
export interface Terminal {
  /** Types text, as it is. */
  type(text: string): Promise<void>;
  /** Presses keys by tmux's names: "Enter", "Tab", "Up", "C-c". */
  press(...keys: readonly string[]): Promise<void>;
  /** What the screen shows, without trailing blanks. */
  screen(): Promise<string>;
  /** All that it has shown, what scrolled off its upper end included, with the escape sequences of colours. */
  history(): Promise<string>;
  /** The lines that it has shown as the program wrote them, whole where the terminal broke them, without colours. */
  lines(): Promise<string[]>;
  /** Waits until the screen satisfies `pattern`, and answers the screen; rejects with it after a minute. */
  shows(pattern: RegExp): Promise<string>;
  /** Waits until the program has ended, and answers its exit status; 128 and its number where a signal ended it. */
  ended(): Promise<number>;
  /** The program's process. */
  readonly pid: number;
}

/** Where and how the program runs. */
export interface TerminalOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** How many characters a line holds. Default: 120. */
  readonly columns?: number;
  /** How many lines there are. Default: 50. */
  readonly rows?: number;
}

/** Runs `command` in a terminal for as long as `use` takes. */
export async function withTerminal<Result>(
  command: readonly string[],
  options: TerminalOptions,
  use: (terminal: Terminal) => Promise<Result>,
): Promise<Result> {
  // A server of its own, so that tmux's settings and sessions of whoever runs the tests stay untouched.
  await using notes = await newNotes();
  const server = ["-L", `jug_test_${crypto.randomUUID()}`, "-f", "/dev/null"];
  const env = Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`);
  const size = ["-x", String(options.columns ?? 120), "-y", String(options.rows ?? 50)];
  // With -u, so that it knows wide characters whatever the locale is.
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
        // By then the screen shows all that was written.
        const isDead = async () =>
          (await tmux(...server, "display-message", "-p", "-t", ":0", "#{pane_dead}")).startsWith("1");
        await until("the terminal's end", async () => await isDead() ? true : undefined);
        return status;
      },
      pid: program,
    });
  } finally {
    await tmux(...server, "kill-server");
    // What it does when its terminal is gone, such as writing its history, is over before its folder is removed.
    await until("the program to be gone", () => Promise.resolve(isAlive(program) ? undefined : true));
  }
}

/**
 * Runs the program and notes its process and its exit status. tmux 3.3a knows that itself, but now and then forgets it. The
 * program gets the signals of the terminal, which the keeper outlives.
 */
const KEEPER = `trap : INT QUIT
sh -c 'printf %s $$ > "$0.pid"; exec "$@"' "$0" "$@"
printf %s $? > "$0.status"`;

interface Notes extends AsyncDisposable {
  /** What the names of the files begin with. */
  readonly base: string;
  /** Waits for a number that the keeper notes. */
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
