/**
 * `runCommand`: runs another program as a task.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import { requireKnownOptions } from "../../core/known_options.ts";
import { currentContext, currentSession } from "../../core/session/session.ts";
import { declareTask } from "../../core/declare/task.ts";
import type { Task, TaskArg, ValueOf } from "../../core/types.ts";
import { tokenOf } from "../../core/declare/wrappers.ts";

/**
 * Options of {@linkcode runCommand}. All except `runAfter` may be tasks.
 *
 * @category Utilities
 */
export interface CommandOptions {
  /** Tasks to wait for, alone or in arrays and plain objects. Their results are not loaded. */
  readonly runAfter?: unknown;
  /** Whether an exit status other than 0 is a failure. Default: true. */
  readonly checkExit?: TaskArg<boolean>;
  /** The program's current folder. Default: that of this process. */
  readonly cwd?: TaskArg<string>;
  /** Variables to add to the environment. */
  readonly env?: TaskArg<Readonly<Record<string, string>>>;
  /** The input of the program. Default: none. */
  readonly stdin?: TaskArg<string> | TaskArg<Uint8Array>;
}

const OPTIONS = ["runAfter", "checkExit", "cwd", "env", "stdin", "returnValue"];

/** The options as the task's function gets them. */
interface Settings {
  readonly checkExit?: boolean;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  readonly returnValue?: unknown;
}

/** How much of stderr an error shows, in characters. */
const TAIL = 2000;

async function execute([program, ...args]: readonly string[], settings: Settings): Promise<unknown> {
  if (program === undefined) throw new JugError("usage", "runCommand was given no program", { remedy: REMEDY });
  const { checkExit = true, cwd, env, stdin } = settings;
  const child = spawn(program, {
    args: [...args],
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "inherit",
    stderr: "piped",
    signal: endSignal(),
  });
  const written = stdin === undefined ? undefined : feed(child.stdin, stdin);
  const [status, tail] = await Promise.all([child.status, passOn(child.stderr), written]);
  if (checkExit && !status.success) {
    const how = status.signal === null ? `status ${status.code}` : `signal ${status.signal}`;
    const said = tail === "" ? "" : `\n${tail.trimEnd().replace(/^/gm, "    ")}`;
    throw new JugError("usage", `${[program, ...args].join(" ")} ended with ${how}${said}`, {
      remedy: "Fix the command, or accept any status with { checkExit: false }",
    });
  }
  return "returnValue" in settings ? settings.returnValue : status.code;
}

/** Aborted when the process ends, or the task alone is given up. */
function endSignal(): AbortSignal {
  const { signal } = currentSession().cancel;
  const context = currentContext();
  return context === undefined ? signal : AbortSignal.any([signal, context.signal]);
}

const REMEDY = 'Write runCommand(["gzip", "out.txt"])';
const DEFINITION = { name: "jug.runCommand", version: undefined, fn: execute };

function spawn(program: string, options: Deno.CommandOptions): Deno.ChildProcess {
  try {
    return new Deno.Command(program, options).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new JugError("usage", `no permission to run ${program}`, {
        remedy: `Add the flag --allow-run=${program}`,
        cause: error,
      });
    }
    if (error instanceof Deno.errors.NotFound) {
      throw new JugError("usage", `the program ${program} was not found${inFolder(options.cwd)}`, {
        remedy: "Install it, or give its full path",
        cause: error,
      });
    }
    throw error;
  }
}

function inFolder(cwd: string | URL | undefined): string {
  return cwd === undefined ? "" : `, or the folder ${cwd} does not exist`;
}

async function feed(stream: WritableStream<Uint8Array>, input: string | Uint8Array): Promise<void> {
  const writer = stream.getWriter();
  try {
    await writer.write(typeof input === "string" ? new TextEncoder().encode(input) : input);
    await writer.close();
  } catch (error) {
    // A program need not read all of its input. Its exit status shows whether it succeeded.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** Shows the program's stderr, and returns the end of it. */
async function passOn(stderr: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let tail = "";
  for await (const chunk of stderr) {
    for (let rest = chunk; rest.length > 0;) rest = rest.subarray(await Deno.stderr.write(rest));
    tail = (tail + decoder.decode(chunk, { stream: true })).slice(-TAIL);
  }
  return tail;
}

/**
 * Runs another program as a task. Its stdout and stderr are shown. If it fails, the task's error contains the end of
 * stderr. The program's arguments are part of the hash, except those in `noHash(…)`. It needs the permission
 * `--allow-run`.
 *
 * @param command The program and its arguments; each may be a task.
 * @param options `returnValue` is the task's result. For example, it can pass on the name of the file that the program
 * writes. Without it, the result is the exit status.
 * @returns A task. An exit status other than 0 makes it fail, unless `checkExit` is false.
 * @throws {JugError} if an option is unknown.
 *
 * @example Usage
 * ```ts
 * import { runCommand } from "jug";
 *
 * const copied = runCommand(["cp", "input.txt", "copy.txt"], { returnValue: "copy.txt" });
 * export const zipped = runCommand(["gzip", copied]);
 * ```
 *
 * @category Utilities
 */
export function runCommand<T>(
  command: readonly TaskArg<string>[],
  options: CommandOptions & { readonly returnValue: T },
): Task<ValueOf<T>>;
/**
 * Runs another program as a task whose result is the exit status.
 *
 * @category Utilities
 */
export function runCommand(command: readonly TaskArg<string>[], options?: CommandOptions): Task<number>;
export function runCommand(command: readonly TaskArg<string>[], options: CommandOptions = {}): Task<unknown> {
  requireKnownOptions("runCommand", options, OPTIONS);
  const { runAfter, ...rest } = options;
  const settings = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const args: unknown[] = [command, settings];
  if (runAfter !== undefined) args.push(tokenOf(runAfter));
  return declareTask(DEFINITION, args);
}
