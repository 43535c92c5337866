/**
 * The side of a session that is in the program's thread: it asks the session's thread, and runs tasks in further
 * threads. Loaded only when a session is opened: most modules that import the library are jugfiles, which open none.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import { serveBackend, unpackError } from "../../backends/backend_port.ts";
import { isMemoryBackend } from "../../backends/memory.ts";
import { openBackend } from "../../backends/open.ts";
import { isMemoryAddress } from "../../backends/scheme.ts";
import { DEFAULT_LEASE_MS, DEFAULT_WAIT_LIMIT_MS } from "../../core/defaults.ts";
import { JugError } from "../../core/errors.ts";
import { decodePayload } from "../../core/value/payload.ts";
import { loadFailureText } from "../load/load_failure.ts";
import { errorText } from "../results/error_report.ts";
import { requireMatch } from "../run/require_match.ts";
import { run } from "../run/run.ts";
import type { RunSummary } from "../run/run_request.ts";
import { type StartedThread, startThread } from "../threads/start_thread.ts";
import { EXECUTE_RULES, type ExecuteSummary } from "./execute_options.ts";
import type { JugSession, SessionExecuteOptions } from "./jug_session.ts";
import { abortSignal, callback, checkOptions, flag, type OptionRules, patience, wholeNumber } from "./option_rules.ts";
import type { FromSession, SessionCalls, SessionSetup, SessionTask } from "./session_messages.ts";

/** What a session opens. */
type SessionPlace = Pick<SessionSetup, "jugfile" | "address" | "args">;

const SESSION_RULES: OptionRules<SessionExecuteOptions> = {
  ...EXECUTE_RULES,
  workers: wholeNumber(1),
  keepFailed: flag,
  maxTasks: wholeNumber(0),
  signal: abortSignal,
  graceMs: patience,
  log: callback,
};

/**
 * Starts the thread of a session, and loads the jugfile in it.
 *
 * @throws {JugError} if the jugfile cannot be loaded or the jugdir cannot be read.
 */
export async function startSession<M extends object>(place: SessionPlace): Promise<JugSession<M>> {
  // The store of a `memory:` jugdir lives in this thread, and the other threads share it.
  const local = isMemoryAddress(place.address) ? await openBackend(place.address, { create: true }) : undefined;
  const thread = new SessionThread(local);
  try {
    await thread.ask("open", { ...place, store: thread.storePort });
  } catch (error) {
    thread.end();
    await local?.close();
    throw error;
  }
  return sessionOf<M>(place, thread, local);
}

function sessionOf<M extends object>(
  place: SessionPlace,
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
  { jugfile, address, args }: SessionPlace,
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
      timeFrame: options.deadline && { end: options.deadline.getTime() },
      stopFiles: [],
    },
    ...(local !== undefined && isMemoryBackend(local) ? { backend: local.another() } : {}),
    // The system's signals are left to the program.
    signal: options.signal ?? new AbortController().signal,
    ...options.graceMs === undefined ? {} : { graceMs: () => options.graceMs ?? 0 },
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
