/**
 * Sessions: a program runs jugfiles and reads their results, any number of them at once.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import { isMemoryBackend } from "../../backends/memory.ts";
import { openBackend } from "../../backends/open.ts";
import { serveBackend, unpackError } from "../../backends/backend_port.ts";
import { JugError } from "../../core/errors.ts";
import { decodePayload } from "../../core/value/payload.ts";
import { currentSession } from "../../core/session/session.ts";
import type { ValueOf } from "../../core/types.ts";
import { errorText } from "../results/error_report.ts";
import { findJugdir } from "../load/jugdir.ts";
import { type StartedThread, startThread } from "../threads/start_thread.ts";
import { type Exports, jugfileUrl, requireJugfile } from "../load/load.ts";
import { loadFailureText } from "../load/load_failure.ts";
import { requireMatch } from "../run/require_match.ts";
import {
  abortSignal,
  callback,
  checkOptions,
  flag,
  type OptionRules,
  text,
  texts,
  wholeNumber,
} from "./option_rules.ts";
import { EXECUTE_RULES, type ExecuteOptions, type ExecuteSummary } from "./program.ts";
import { run } from "../run/run.ts";
import type { RunSummary } from "../run/run_request.ts";
import type { FromSession, SessionCalls, SessionLoad, SessionSetup, SessionTask } from "./session_messages.ts";
import { DEFAULT_LEASE_MS, DEFAULT_WAIT_LIMIT_MS } from "../../core/defaults.ts";
import { isMemoryAddress } from "../../backends/scheme.ts";

/**
 * Options of {@linkcode openSession}.
 *
 * @category Scripts
 */
export interface OpenSessionOptions {
  /** The path or URL of the jugfile. Default: `jugfile.ts`. */
  readonly jugfile?: string;
  /**
   * Where its results are, in the form that `--jugdir` takes. Default: for primes.ts, `primes.jugdata` in the same
   * folder.
   */
  readonly jugdir?: string;
  /** The jugfile's arguments. Default: none. */
  readonly args?: readonly string[];
}

/**
 * Options of a session's `execute`.
 *
 * @category Scripts
 */
export interface SessionExecuteOptions extends ExecuteOptions {
  /** How many threads run tasks. Default: 1. */
  readonly workers?: number;
  /** Whether later runs skip the tasks that fail in this run. Default: false. */
  readonly keepFailed?: boolean;
  /** The most tasks to run. Default: no limit. */
  readonly maxTasks?: number;
  /** Ends the run when it aborts: running tasks are given up within two seconds, and every lock is released. */
  readonly signal?: AbortSignal;
  /** Called with each line about the run: failures, notes, and the progress every two seconds. Default: none. */
  readonly log?: (line: string) => void;
}

const OPEN_RULES: OptionRules<OpenSessionOptions> = { jugfile: text, jugdir: text, args: texts };

const SESSION_RULES: OptionRules<SessionExecuteOptions> = {
  ...EXECUTE_RULES,
  workers: wholeNumber(1),
  keepFailed: flag,
  maxTasks: wholeNumber(0),
  signal: abortSignal,
  log: callback,
};

/**
 * An open jugfile with its jugdir. `M` is the type of its module, as in `typeof import("./primes.ts")`.
 *
 * @category Scripts
 */
export interface JugSession<M extends object = Exports> extends AsyncDisposable {
  /** The jugfile, as it was given. */
  readonly jugfile: string;
  /**
   * Lets the jugfile continue past barriers that have been met by now; `execute` does this by itself.
   *
   * @returns How far the jugfile is loaded.
   * @throws {JugError} if the jugfile cannot be loaded.
   */
  load(): Promise<SessionLoad>;
  /** Returns the names of the exports that can be read: all of them, or those above an unmet barrier. */
  exports(): Promise<readonly string[]>;
  /** Returns every task declared so far, and its state. */
  tasks(): Promise<readonly SessionTask[]>;
  /**
   * Runs the unfinished tasks in threads of this process. Any number of other processes may work on the same jugdir.
   *
   * @throws {JugError} if an option is wrong, `target` matches no task, the jugfile cannot be loaded in a thread, the
   * jugdir fails, or an earlier call has not ended. A failure of a task is not thrown: it is in the summary.
   */
  execute(options?: SessionExecuteOptions): Promise<ExecuteSummary>;
  /**
   * Returns the value of an export, with its tasks replaced by their results.
   *
   * @throws {JugError} of kind "missing" if a result is missing; of kind "usage" if there is no such export, or if it
   * holds something that cannot pass between threads, such as a function.
   */
  value<K extends keyof M & string>(name: K): Promise<ValueOf<M[K]>>;
  /**
   * Returns the result of one of `tasks()`.
   *
   * @throws {JugError} of kind "missing" if the result is missing; of kind "usage" if the session has no such task.
   */
  value(task: SessionTask): Promise<unknown>;
  /**
   * Removes the results of tasks and of all tasks that depend on them.
   *
   * @param which A task, several tasks, or a pattern: `primes.isPrime`, `isPrime` or `/regex/`.
   * @returns How many results were removed.
   * @throws {JugError} of kind "usage" if the session has no such task, or the pattern matches none.
   */
  invalidate(which: string | SessionTask | readonly SessionTask[]): Promise<number>;
  /** Closes the session and ends its thread. Results stay, except in the jugdir `memory:`. */
  close(): Promise<void>;
}

/**
 * Opens a jugfile and its jugdir, so that a program can run its tasks and read its results. Any number of sessions may
 * be open at once. They are independent, even if they open the same jugfile with other arguments: each loads it in a
 * thread of its own.
 *
 * @param options The jugfile, its jugdir and its arguments.
 * @returns The session. Close it after use, or declare it with `await using`.
 * @throws {JugError} if an option is wrong, the jugfile cannot be loaded or the jugdir cannot be read.
 *
 * @example Usage
 * ```ts
 * import { openSession } from "jug";
 *
 * const code = `import { args, TaskGenerator } from "${import.meta.resolve("jug")}";
 * const double = TaskGenerator(function double(n: number) { return 2 * n; });
 * export const doubled = args.map(Number).map(double);`;
 * const jugfile = `${await Deno.makeTempDir()}/doubles.ts`;
 * await Deno.writeTextFile(jugfile, code);
 *
 * await using session = await openSession({ jugfile, jugdir: "memory:", args: ["1", "20"] });
 * const { executed } = await session.execute();
 * console.log(executed, await session.value("doubled")); // 2 [ 2, 40 ]
 * ```
 *
 * @category Scripts
 */
export async function openSession<M extends object = Exports>(
  options: OpenSessionOptions = {},
): Promise<JugSession<M>> {
  checkOptions("openSession()", options, OPEN_RULES);
  const { jugfile = "jugfile.ts", args = [] } = options;
  const address = findJugdir(options.jugdir, jugfile, new Date());
  requireJugfile(jugfile);
  requireOther(jugfile);
  // The store of a `memory:` jugdir lives in this thread, and the other threads share it.
  const local = isMemoryAddress(address) ? await openBackend(address, { create: true }) : undefined;
  const thread = new SessionThread(local);
  try {
    await thread.ask("open", { jugfile, address, args, store: thread.storePort });
  } catch (error) {
    thread.end();
    await local?.close();
    throw error;
  }
  return sessionOf<M>({ jugfile, address, args }, thread, local);
}

/** Refuses a jugfile that opens itself: that would never end. */
function requireOther(jugfile: string): void {
  const { isJugRunning, jugfile: own } = currentSession();
  if (!isJugRunning || own === undefined || jugfileUrl(own) !== jugfileUrl(jugfile)) return;
  throw new JugError("usage", "openSession() was called by a jugfile to open itself", {
    remedy: "Check isJugRunning() first, or put the script and the jugfile in separate files",
  });
}

function sessionOf<M extends object>(
  place: Pick<SessionSetup, "jugfile" | "address" | "args">,
  thread: SessionThread,
  local: Backend | undefined,
): JugSession<M> {
  let isClosed = false;
  let isRunning = false;
  async function close(): Promise<void> {
    if (isClosed) return;
    isClosed = true;
    await thread.ask("close", undefined).finally(() => thread.end());
    await local?.close();
  }
  async function execute(options: SessionExecuteOptions = {}): Promise<ExecuteSummary> {
    checkOptions("the session's execute()", options, SESSION_RULES);
    if (isRunning) {
      throw new JugError("usage", "the session's execute() is already running", {
        remedy: "Await the first call, or set a larger `workers`",
      });
    }
    isRunning = true;
    try {
      const summary = await runSession(place, options, local);
      const { isLoaded } = await thread.ask("load", undefined);
      if (options.target !== undefined && isLoaded) await requireMatch(options.target, summary.end);
      return summaryOf(place.jugfile, summary, isLoaded);
    } finally {
      isRunning = false;
    }
  }
  return {
    jugfile: place.jugfile,
    load: () => thread.ask("load", undefined),
    exports: async () => (await thread.ask("load", undefined)).exports,
    tasks: () => thread.ask("tasks", undefined),
    execute,
    // The overloads connect names and types. No single type can express that.
    value: async (which: string | SessionTask): Promise<never> => {
      const wanted = typeof which === "string" ? { name: which } : { hash: which.hash };
      const { codec, bytes } = await thread.ask("value", wanted);
      return decodePayload(codec, bytes) as never;
    },
    invalidate: (which) => {
      if (typeof which === "string") return thread.ask("invalidate", which);
      const tasks: readonly SessionTask[] = "hash" in which ? [which] : which;
      return thread.ask("invalidate", tasks.map((task) => task.hash));
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function runSession(
  { jugfile, address, args }: Pick<SessionSetup, "jugfile" | "address" | "args">,
  options: SessionExecuteOptions,
  local: Backend | undefined,
): Promise<RunSummary> {
  const log = options.log ?? (() => {});
  return run({
    jugfile,
    address,
    args,
    workers: options.workers ?? 1,
    leaseMs: options.leaseMs ?? DEFAULT_LEASE_MS,
    maxTasks: options.maxTasks,
    options: {
      target: options.target,
      concurrency: options.concurrency ?? 1,
      pool: undefined,
      keepGoing: options.keepGoing ?? false,
      keepFailed: options.keepFailed ?? false,
      waitLimitMs: options.waitLimitMs ?? DEFAULT_WAIT_LIMIT_MS,
      deadline: undefined,
      stopFiles: [],
    },
    ...(local !== undefined && isMemoryBackend(local) ? { backend: local.another() } : {}),
    // The system's signals are left to the program.
    signal: options.signal ?? new AbortController().signal,
    onOver: () => {},
    say: log,
    output: (stream, text) => void Deno[stream].writeSync(new TextEncoder().encode(text)),
    warn: log,
  });
}

function summaryOf(jugfile: string, summary: RunSummary, isLoaded: boolean): ExecuteSummary {
  const { loadError, broken, exitCalled, tally, failures, end } = summary;
  if (loadError !== undefined) throw new JugError("jugfile", loadFailureText(jugfile, loadError));
  if (broken !== undefined) throw new JugError("backend", `a worker could not continue: ${errorText(broken.error)}`);
  if (exitCalled !== undefined) throw new JugError("jugfile", exitCalled);
  const sum = (count: (task: RunSummary["tally"]["tasks"][number]) => number) =>
    tally.tasks.reduce((total, task) => total + count(task), 0);
  const isComplete = isLoaded && end?.isLoaded === true && end.unfinished.length === 0 && failures.length === 0;
  return {
    executed: sum((task) => task.executed),
    finished: sum((task) => task.executed + task.loaded),
    failures,
    isComplete,
  };
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/** The thread in which the jugfile is loaded, as the session sees it. */
class SessionThread {
  /** The port by which that thread reaches a store that lives in this one. */
  readonly storePort: MessagePort | undefined;
  readonly #servedPort: MessagePort | undefined;
  readonly #thread: StartedThread;
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;
  #broken: string | undefined;

  constructor(local: Backend | undefined) {
    this.#thread = startThread<FromSession>(new URL("./session_thread.ts", import.meta.url), "jug session", {
      hear: (message) => this.#hear(message),
      breakDown: (broken) => this.#hear({ broken }),
    });
    if (local === undefined) return;
    const { port1, port2 } = new MessageChannel();
    serveBackend(local, port1);
    this.storePort = port2;
    this.#servedPort = port1;
  }

  ask<K extends keyof SessionCalls>(call: K, ask: SessionCalls[K]["asks"]): Promise<SessionCalls[K]["answers"]> {
    return new Promise((resolve, reject) => {
      if (this.#broken !== undefined) return reject(brokenError(this.#broken));
      const id = this.#count++;
      this.#waiting.set(id, { resolve, reject });
      const message = { id, call, ask };
      if (isOpening(message)) this.#thread.worker.postMessage(message, [message.ask.store]);
      else this.#thread.worker.postMessage(message);
    });
  }

  end(): void {
    this.#hear({ broken: "it is closed" });
    this.#servedPort?.close();
    this.#thread.terminate();
  }

  #hear(message: FromSession): void {
    if ("broken" in message) {
      this.#broken ??= message.broken;
      for (const { reject } of this.#waiting.values()) reject(brokenError(message.broken));
      this.#waiting.clear();
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ("error" in message) waiting?.reject(unpackError(message.error));
    else waiting?.resolve(message.answer as never);
  }
}

function isOpening(message: { readonly ask: unknown }): message is { readonly ask: { readonly store: MessagePort } } {
  const { ask } = message;
  return typeof ask === "object" && ask !== null && "store" in ask && ask.store !== undefined;
}

function brokenError(text: string): JugError {
  return new JugError("jugfile", `the session cannot continue: ${text}`, { remedy: "Open another session" });
}
