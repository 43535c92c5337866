/**
 * jug without its command line: a script opens a jugfile, or declares tasks itself and runs them.
 *
 * @module
 */
import { openBackend } from "../backends/open.ts";
import { JugError } from "../core/errors.ts";
import { currentSession, requireLoading, type Session, setScriptSession } from "../core/session.ts";
import type { AnyTask } from "../core/types.ts";
import { inspectJugfile } from "./inspect.ts";
import { DEFAULT_JUGDIR, resolveJugdir } from "./jugdir.ts";
import { keepLease } from "./lease.ts";
import type { Exports } from "./load.ts";
import type { FromWorker, TaskFailure } from "./messages.ts";
import { makeOwner } from "./owner.ts";
import { failureText } from "./run.ts";
import { SessionResults } from "./session_results.ts";
import { Store } from "./store.ts";
import { Worker } from "./worker.ts";

/**
 * Chooses where results and locks live, for a script that runs without the command line.
 *
 * @param address A folder, or a backend's address such as `memory:`. Default without this call: the script's name with
 * `.jugdata`, in the current folder.
 * @throws {JugError} where jug runs the script: `--jugdir` chooses then.
 *
 * @example Usage
 * ```ts
 * import { isJugRunning, setJugdir } from "jug";
 *
 * if (!isJugRunning()) setJugdir("memory:");
 * ```
 */
export function setJugdir(address: string): void {
  const session = currentSession();
  if (session.isJugRunning) {
    throw new JugError("usage", "setJugdir() was called in a jugfile that jug runs", {
      remedy: "Choose with --jugdir, or ask isJugRunning() first",
    });
  }
  session.jugdir = address;
  session.results = undefined;
}

/**
 * Whether the command line runs this module, rather than `deno run` itself.
 *
 * @example Usage
 * ```ts
 * import { execute, isJugRunning, setJugdir } from "jug";
 *
 * if (!isJugRunning()) {
 *   setJugdir("memory:");
 *   await execute();
 * }
 * ```
 */
export function isJugRunning(): boolean {
  return currentSession().isJugRunning;
}

/**
 * The tasks declared so far, in the order of their declaration.
 *
 * @example Usage
 * ```ts
 * import { getTasks, TaskGenerator } from "jug";
 *
 * const half = TaskGenerator(function half(n: number) {
 *   return n / 2;
 * });
 * half(4);
 * console.log(getTasks().map((task) => task.name));
 * ```
 */
export function getTasks(): AnyTask[] {
  return [...currentSession().tasks.values()] as unknown as AnyTask[];
}

/** Options of {@linkcode init}. */
export interface InitOptions {
  /** The jugfile's arguments. Default: none. */
  readonly args?: readonly string[];
}

/**
 * Loads a jugfile to look at its tasks and results; nothing is run. Afterwards `value`, `getTasks` and the like speak of it.
 *
 * @param jugfile Its path or URL.
 * @param jugdir Where its results live. Default: `primes.jugdata` in the current folder for primes.ts.
 * @returns The module's exports.
 * @throws {JugError} where the jugfile cannot be loaded, or stands at a barrier whose tasks are not finished.
 */
export async function init(jugfile: string, jugdir?: string, options: InitOptions = {}): Promise<Exports> {
  const address = resolveJugdir(jugdir ?? DEFAULT_JUGDIR, jugfile, new Date());
  const inspection = await inspectJugfile({ jugfile, address, args: options.args ?? [], onDamaged: warnDamaged });
  const { session, exports, barrier } = inspection;
  session.results = new SessionResults(session, inspection.store);
  setScriptSession(session);
  if (exports !== undefined) return exports;
  throw new JugError("missing", `${jugfile} stands at the barrier at ${barrier?.file}:${barrier?.line}`, {
    remedy: "Run `jug execute` until the tasks above it are finished",
  });
}

function warnDamaged(hash: string, reason: string): void {
  console.error(`jug: the result ${hash.slice(0, 8)} is damaged (${reason}) and was removed`);
}

/** Options of {@linkcode execute}. */
export interface ExecuteOptions {
  /** Whether other tasks go on after one failed. Default: false. */
  readonly keepGoing?: boolean;
  /** Which tasks to run: `primes.isPrime`, `isPrime` or `/regex/`. Default: all. */
  readonly target?: string;
  /** How long a lock holds without a renewal, in milliseconds. Default: 30,000. */
  readonly leaseMs?: number;
  /** How long to wait for tasks that other processes run, in milliseconds. Default: 1,800,000, half an hour. */
  readonly waitLimitMs?: number;
}

/** What came of {@linkcode execute}. */
export interface ExecuteSummary {
  /** How many tasks this call ran. */
  readonly executed: number;
  /** How many tasks have results now, whoever ran them. */
  readonly finished: number;
  /** The tasks that failed in this call. */
  readonly failures: readonly TaskFailure[];
  /** Whether every task has a result. */
  readonly isComplete: boolean;
}

const running = new WeakSet<Session>();

/**
 * Runs the tasks declared so far in this thread, as one worker among any others on the same jugdir, until all are finished
 * or cannot be. A failure is reported on stderr and in the summary; it is not thrown.
 *
 * @throws {JugError} where jug runs the script already, or the jugdir cannot be opened.
 *
 * @example Usage
 * ```ts
 * import { execute, isJugRunning, setJugdir, TaskGenerator, value } from "jug";
 *
 * const cube = TaskGenerator(function cube(n: number) {
 *   return n ** 3;
 * });
 * const cubes = [1, 2, 3].map(cube);
 *
 * if (!isJugRunning()) {
 *   setJugdir("memory:");
 *   await execute();
 *   console.log(await value(cubes)); // [1, 8, 27]
 * }
 * ```
 */
export async function execute(options: ExecuteOptions = {}): Promise<ExecuteSummary> {
  const session = currentSession();
  requireLoading(session, "execute() was called");
  if (session.isJugRunning) {
    throw new JugError("usage", "execute() was called in a jugfile that jug runs already", {
      remedy: "Ask isJugRunning() first",
    });
  }
  if (running.has(session)) {
    throw new JugError("usage", "execute() was called while it runs", { remedy: "Await the first call" });
  }
  running.add(session);
  try {
    return await executeIn(session, options);
  } finally {
    running.delete(session);
  }
}

async function executeIn(session: Session, options: ExecuteOptions): Promise<ExecuteSummary> {
  const address = resolveJugdir(session.jugdir ?? DEFAULT_JUGDIR, session.jugfile ?? Deno.mainModule, new Date());
  const results = session.results instanceof SessionResults ? session.results : await openResults(session, address);
  const { store } = results;
  const owner = makeOwner(options.leaseMs ?? 30_000);
  const leave = await keepLease(store.backend, address, owner);
  const failures: TaskFailure[] = [];
  let executed = 0;
  let listening: AbortController | undefined;
  const report = (message: FromWorker): void => {
    if (message.kind === "executed") executed += message.tasks.length;
    else if (message.kind === "failed") {
      failures.push(message.failure);
      console.error(`jug: ${failureText(message.failure)}`);
    } else if (message.kind === "idle") {
      listening = new AbortController();
      listen(listening.signal);
    } else if (message.kind === "busy") listening?.abort();
  };
  const worker = new Worker({
    session,
    store,
    claimant: { owner, thread: 0 },
    options: {
      target: options.target,
      keepGoing: options.keepGoing ?? false,
      keepFailed: false,
      waitLimitMs: options.waitLimitMs ?? 1_800_000,
      taskBudget: undefined,
      deadline: undefined,
      stopFiles: [],
    },
    report,
    now: Date.now,
  });
  async function listen(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) worker.hear(await store.backend.waitForChange(signal));
  }
  try {
    const end = await worker.run(undefined);
    const finished = Object.values(end.finishedByName).reduce((sum, count) => sum + count, 0);
    return { executed, finished, failures, isComplete: finished === session.tasks.size };
  } finally {
    session.onDeclare = undefined;
    session.keeper = keeperOf(results);
    await leave();
  }
}

async function openResults(session: Session, address: string): Promise<SessionResults> {
  const backend = await openBackend(address, { create: true });
  const results = new SessionResults(session, new Store(backend, { onDamaged: warnDamaged }));
  session.results = results;
  return results;
}

/** With nobody left to run tasks, a barrier passes only where all is finished. */
function keeperOf(results: SessionResults): Session["keeper"] {
  return {
    hold: async ({ waitsFor }) => {
      if ((await results.has(waitsFor)).size === new Set(waitsFor).size) return;
      throw new JugError("missing", "barrier() waits for tasks that nobody runs", {
        remedy: "`await execute()` before the barrier",
      });
    },
  };
}
