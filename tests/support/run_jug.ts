/**
 * Runs the real command line in a separate process.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../../cli.ts", import.meta.url));

/** Where and how the process runs. */
export interface RunOptions {
  /** The working directory of the process; default: that of the tests. */
  readonly cwd?: string;
  /** Variables added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Permission flags, instead of `-A`. */
  readonly permissions?: readonly string[];
  /** Kills the process when it aborts. */
  readonly signal?: AbortSignal;
}

/** The exit status and output of a process. */
export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  /** Without the lines that report slow loading, since any jugfile may load slowly on a busy machine. */
  readonly stderr: string;
}

const SLOW_LOADING =
  /^(loading the jugfile|(the jugfile|\S+) (is loading its modules|waits at an await that is not a barrier).*)\n/gm;

/** Removes the lines that report slow loading. */
export function withoutSlowLoading(stderr: string): string {
  return stderr.replaceAll(SLOW_LOADING, "");
}

/** A running process. */
export interface RunningJug {
  readonly pid: number;
  kill(signal: Deno.Signal): void;
  /** Resolves when stderr contains `text`; rejects if the process ends without it. */
  saw(text: string): Promise<void>;
  /** Returns what was written to stderr so far. */
  written(): string;
  /** Resolves when the process has ended. */
  readonly result: Promise<RunResult>;
}

/** Starts `jug ...args`. */
export function startJug(args: readonly string[], options: RunOptions = {}): RunningJug {
  const child = new Deno.Command(Deno.execPath(), {
    // --no-lock: a jugfile that imports from a test's own server must not get into the lockfile.
    args: ["run", "--no-prompt", "--quiet", "--no-lock", ...(options.permissions ?? ["-A"]), CLI, ...args],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    // The user's own settings must not change what a test sees.
    env: { NO_COLOR: "1", XDG_CONFIG_HOME: "/nonexistent", ...options.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const waiting = new Set<() => void>();
  let written = "";
  let isOver = false;
  const result = (async () => {
    const [stdout] = await Promise.all([
      new Response(child.stdout).text(),
      (async () => {
        for await (const chunk of child.stderr.pipeThrough(new TextDecoderStream())) {
          written += chunk;
          for (const look of waiting) look();
        }
      })(),
    ]);
    const { code } = await child.status;
    isOver = true;
    for (const look of waiting) look();
    return { code, stdout, stderr: withoutSlowLoading(written) };
  })();
  const saw = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (written.includes(text)) resolve();
        else if (isOver) reject(new Error(`the process ended without saying "${text}":\n${written}`));
        else return;
        waiting.delete(look);
      };
      waiting.add(look);
      look();
    });
  return { pid: child.pid, kill: (signal) => child.kill(signal), saw, written: () => written, result };
}

/** Runs `jug ...args` to its end. */
export function runJug(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return startJug(args, options).result;
}
