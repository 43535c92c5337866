/**
 * A real terminal that a test types into and reads the screen of, by way of tmux.
 *
 * @module
 */
import { isAlive } from "./alive.ts";
import { until } from "./file_processes.ts";

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
  /** Waits until the program has ended, and answers its exit status; `undefined` where a signal ended it. */
  ended(): Promise<number | undefined>;
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
  const server = ["-L", `jug_test_${crypto.randomUUID()}`, "-f", "/dev/null"];
  const env = Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`);
  const size = ["-x", String(options.columns ?? 120), "-y", String(options.rows ?? 50)];
  // With -u, so that it knows wide characters whatever the locale is.
  await tmux("-u", ...server, "new-session", "-d", ...size, "-c", options.cwd, "env", ...env, ...command);
  await tmux(...server, "set-option", "-g", "remain-on-exit", "on");
  const screen = async () => (await tmux(...server, "capture-pane", "-p", "-t", ":0")).trimEnd();
  const program = Number(await tmux(...server, "display-message", "-p", "-t", ":0", "#{pane_pid}"));
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
        const format = "#{pane_dead} #{pane_dead_status} #{pane_dead_signal}";
        const ask = () => tmux(...server, "display-message", "-p", "-t", ":0", format);
        // A pane is dead to tmux as soon as its terminal is closed, which may be before it is told how the program ended.
        const end = async () => /^1 (?:(\d+) |\S* \S+)/.exec(await ask()) ?? undefined;
        const [, status = ""] = await until("the program's end", end);
        return status === "" ? undefined : Number(status);
      },
      pid: program,
    });
  } finally {
    await tmux(...server, "kill-server");
    // What it does when its terminal is gone, such as writing its history, is over before its folder is removed.
    await until("the program to be gone", () => Promise.resolve(isAlive(program) ? undefined : true));
  }
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
