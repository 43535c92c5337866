/**
 * Sessions: jug from a program, with as many jugfiles and jugdirs open at once as it likes.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import { isMemoryBackend } from "../../backends/memory.ts";
import { openBackend } from "../../backends/open.ts";
import { serveBackend, unpackError } from "../../backends/remote.ts";
import { JugError } from "../../core/errors.ts";
import { decodePayload } from "../../core/value/payload.ts";
import { currentSession } from "../../core/session/session.ts";
import type { ValueOf } from "../../core/types.ts";
import { errorText } from "../store/error_report.ts";
import { findJugdir } from "../load/jugdir.ts";
import { THREAD_ENDED, watchEnd } from "../threads/lifeline.ts";
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

/**
 * Options of {@linkcode openSession}.
 *
 * @category Scripts
 */
export interface OpenSessionOptions {
  /** Path or URL of the jugfile. Default: `jugfile.ts`. */
  readonly jugfile?: string;
  /** Where its results live, as `--jugdir` takes it. Default: `primes.jugdata` beside primes.ts. */
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
  /** Whether later runs leave alone what failed in this one. Default: false. */
  readonly keepFailed?: boolean;
  /** The most tasks to run. Default: unbounded. */
  readonly maxTasks?: number;
  /** Ends the run when it aborts: what is running is given up within two seconds, and every lock released. */
  readonly signal?: AbortSignal;
  /** Hears what the run says: failures, and a line of progress every two seconds. Default: nobody does. */
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
  /** As it was given. */
  readonly jugfile: string;
  /** Lets the jugfile go on past barriers that others have met since; `execute` does so by itself. */
  load(): Promise<SessionLoad>;
  /** The names of the exports that can be read: those above an unmet barrier, or all. */
  exports(): Promise<readonly string[]>;
  /** Every task declared so far, and how far it is. */
  tasks(): Promise<readonly SessionTask[]>;
  /**
   * Runs what is missing, in threads of this process, as one of any number of processes on the same jugdir.
   *
   * @throws {JugError} where an option is wrong, the jugfile cannot be loaded in a thread, or the jugdir fails. A task that
   * fails is no such error: it is in the summary.
   */
  execute(options?: SessionExecuteOptions): Promise<ExecuteSummary>;
  /**
   * The value of an export, its tasks replaced by their results, or the result of one of `tasks()`.
   *
   * @throws {JugError} of kind "missing" where a result is not there; of kind "usage" where there is no such export, or where
   * it holds what cannot pass between threads, such as a function.
   */
  value<K extends keyof M & string>(name: K): Promise<ValueOf<M[K]>>;
  /** The result of a task. */
  value(task: SessionTask): Promise<unknown>;
  /**
   * Removes the results of tasks and of all that depend on them. Answers how many there were.
   *
   * @param which A task, several, or a pattern: `primes.isPrime`, `isPrime` or `/regex/`.
   */
  invalidate(which: string | SessionTask | readonly SessionTask[]): Promise<number>;
  /** Frees what it holds. Results stay, but for a jugdir of `memory:`. */
  close(): Promise<void>;
}

/**
 * Opens a jugfile and its jugdir, to run its tasks and read its results from a program. Any number of sessions may be open
 * at once and know nothing of each other, the same jugfile with other arguments included: each is loaded in a thread of its
 * own.
 *
 * @throws {JugError} where an option is wrong, the jugfile cannot be loaded or the jugdir cannot be read.
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
  // A store in memory lives here, and the threads share it.
  const local = address.startsWith("memory:") ? await openBackend(address, { create: true }) : undefined;
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

/** A jugfile that opened itself would do so for ever. */
function requireOther(jugfile: string): void {
  const { isJugRunning, jugfile: own } = currentSession();
  if (!isJugRunning || own === undefined || jugfileUrl(own) !== jugfileUrl(jugfile)) return;
  throw new JugError("usage", "openSession() was called by a jugfile to open itself", {
    remedy: "Ask isJugRunning() first, or keep the script and the jugfile apart",
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
      throw new JugError("usage", "the session's execute() was called while it runs", {
        remedy: "Await the first call, or ask for more `workers`",
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
    // The overloads say which type comes of which name; no one type says it for all.
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
    leaseMs: options.leaseMs ?? 30_000,
    maxTasks: options.maxTasks,
    options: {
      target: options.target,
      concurrency: options.concurrency ?? 1,
      limits: undefined,
      keepGoing: options.keepGoing ?? false,
      keepFailed: options.keepFailed ?? false,
      waitLimitMs: options.waitLimitMs ?? 1_800_000,
      deadline: undefined,
      stopFiles: [],
    },
    ...(local !== undefined && isMemoryBackend(local) ? { backend: local.another() } : {}),
    // The program's own signals are the program's.
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
  if (broken !== undefined) throw new JugError("backend", `a worker could not go on: ${errorText(broken.error)}`);
  if (exitCalled !== undefined) throw new JugError("jugfile", exitCalled);
  const sum = (count: (task: RunSummary["tally"]["tasks"][number]) => number) =>
    tally.tasks.reduce((total, task) => total + count(task), 0);
  const isComplete = isLoaded && end?.isLoaded === true && end.leftovers.length === 0 && failures.length === 0;
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

/** The thread that the jugfile is loaded in, seen from the session. */
class SessionThread {
  /** The thread's end of a store that lives here. */
  readonly storePort: MessagePort | undefined;
  readonly #servedPort: MessagePort | undefined;
  readonly #worker: Worker;
  readonly #endWatch: () => void;
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;
  #broken: string | undefined;

  constructor(local: Backend | undefined) {
    this.#worker = new Worker(new URL("./session_thread.ts", import.meta.url), { type: "module", name: "jug session" });
    this.#worker.onmessage = ({ data }: MessageEvent<FromSession>) => this.#hear(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#hear({ broken: event.message });
    };
    this.#endWatch = watchEnd(this.#worker, () => this.#hear({ broken: THREAD_ENDED }));
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
      if (isOpening(message)) this.#worker.postMessage(message, [message.ask.store]);
      else this.#worker.postMessage(message);
    });
  }

  end(): void {
    this.#endWatch();
    this.#hear({ broken: "it is closed" });
    this.#servedPort?.close();
    this.#worker.terminate();
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
  return new JugError("jugfile", `the session cannot go on: ${text}`, { remedy: "Open another session" });
}
