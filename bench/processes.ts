/**
 * Runs programs, and measures their time from start to end and their memory.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { Unavailable } from "./unavailable.ts";

/** How a program runs. */
export interface RunOptions {
  readonly cwd?: string;
  /** Variables added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether to watch its memory. Default: false. */
  readonly watchesMemory?: boolean;
  /** Whether such an end is not a failure. Default: only the exit status 0 is none. */
  readonly accepts?: (status: Deno.CommandStatus, stderr: string) => boolean;
}

/** How a program ran. */
export interface Ran {
  readonly seconds: number;
  /** The high-water mark of its memory, in MB; 0 if it was not watched. */
  readonly peakMegabytes: number;
  readonly stdout: string;
}

/** A running program. Disposing of it kills it, if it still runs, and waits for its end. */
export interface RunningProcess extends AsyncDisposable {
  /** Rejects if it fails. */
  readonly ran: Promise<Ran>;
  kill(): void;
}

/** How often memory is read. The system keeps the high-water mark, so only that of the last moment can be missed. */
const WATCH_MS = 20;

/** Starts a program. */
export function startProcess(command: readonly string[], options: RunOptions = {}): RunningProcess {
  const { cwd, env = {}, watchesMemory = false, accepts = ({ success }) => success } = options;
  const [program = "", ...args] = command;
  if (watchesMemory && Deno.build.os !== "linux") throw new Unavailable("memory is measured on Linux only");
  const start = performance.now();
  const child = new Deno.Command(program, {
    args,
    env: { ...env, NO_COLOR: "1" },
    ...(cwd === undefined ? {} : { cwd }),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let peakMegabytes = 0;
  const look = () => peakMegabytes = Math.max(peakMegabytes, memoryOf(child.pid, "VmHWM"));
  const watch = watchesMemory ? setInterval(look, WATCH_MS) : undefined;

  async function toItsEnd(): Promise<Ran> {
    try {
      const outputs = Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
      const status = await child.status;
      const seconds = (performance.now() - start) / 1000;
      const [stdout, stderr] = await outputs;
      if (!accepts(status, stderr)) {
        throw new Error(`${command.join(" ")} ended with ${status.signal ?? status.code}: ${stderr.trim()}`);
      }
      return { seconds, peakMegabytes, stdout };
    } finally {
      clearInterval(watch);
    }
  }

  const ran = toItsEnd();
  // Whoever waits for it sees the failure; it is not to end the suite if nobody waits any more.
  ran.catch(() => {});
  const kill = () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
  };
  return {
    ran,
    kill,
    async [Symbol.asyncDispose]() {
      kill();
      await child.status;
    },
  };
}

/** Returns an entry of a process's memory as Linux knows it, in MB; 0 if the process has ended. */
export function memoryOf(pid: number | "self", entry: "VmHWM" | "VmRSS"): number {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/status`);
    const kilobytes = new RegExp(`^${entry}:\\s*(\\d+) kB`, "m").exec(text)?.[1];
    return Number(kilobytes ?? 0) * 1024 / 1e6;
  } catch {
    return 0;
  }
}

/** Returns the path of a file of the suite or, from `../`, of the project. */
export function pathOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

const CLI = pathOf("../cli.ts");

/** Returns the command that runs jug as a user does from a checkout. */
export function jugCommand(
  subcommand: "execute" | "status" | "count" | "tasks" | "times" | "why" | "graph" | "report",
  jugfile: string,
  options: {
    readonly args?: readonly (string | number)[];
    readonly jugdir: string;
    readonly flags?: readonly string[];
    /** Words that are for the subcommand itself. */
    readonly operands?: readonly string[];
  },
): string[] {
  const { args = [], jugdir, flags = [], operands = [] } = options;
  const quiet = subcommand === "execute" ? ["--quiet"] : [];
  const jug = [Deno.execPath(), "run", "-A", CLI, subcommand, pathOf(`./jugfiles/${jugfile}`)];
  return [...jug, ...operands, "--jugdir", jugdir, ...quiet, ...flags, "--", ...args.map(String)];
}

/** Returns the command that runs one of the suite's programs. */
export function programCommand(program: string, ...args: readonly (string | number)[]): string[] {
  return [Deno.execPath(), "run", "-A", pathOf(`./programs/${program}`), ...args.map(String)];
}
