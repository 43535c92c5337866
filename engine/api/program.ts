/**
 * Runs jug without its command line: a script inspects a jugfile, or declares tasks itself and runs them.
 *
 * @module
 */
import { openBackend } from "../../backends/open.ts";
import { tasksOf } from "../../core/session/barrier.ts";
import { JugError } from "../../core/errors.ts";
import { currentSession, requireLoading, type Results, type Session } from "../../core/session/session.ts";
import type { AnyTask } from "../../core/types.ts";
import { ChangeListener } from "../run/change_listener.ts";
import { DeferredResults } from "../inspect/deferred_results.ts";
import { type ErrorReport, errorText, failureText, type TaskFailure } from "../results/error_report.ts";
import { inspectJugfile } from "../inspect/inspect.ts";
import { findJugdir } from "../load/jugdir.ts";
import { keepLease } from "./lease_keeper.ts";
import { type Exports, jugfileUrl } from "../load/load.ts";
import { requireMatch } from "../run/require_match.ts";
import type { FromWorker } from "../messages/messages.ts";
import {
  checkOptions,
  duration,
  flag,
  type OptionRules,
  patience,
  target,
  texts,
  wholeNumber,
} from "./option_rules.ts";
import { makeOwner } from "../results/owner.ts";
import { SessionResults } from "../inspect/session_results.ts";
import { Store } from "../results/store.ts";
import { addCounts, tallyOf } from "../run/tally.ts";
import { keepPrints, showPrint } from "../task/task_prints.ts";
import { Worker } from "../worker/worker.ts";
import { DEFAULT_LEASE_MS, DEFAULT_WAIT_LIMIT_MS } from "../../core/defaults.ts";

/**
 * Chooses where results and locks are stored, for a script that runs without the command line. From then on, `value`,
 * `canLoad`, `run` and the like use that place. The jugdir is opened when one of them first needs it.
 *
 * @param address A folder, or the address of a backend, such as `memory:`. Default without this call: the script's name
 * with `.jugdata`, in the script's folder; in the current folder if the script is loaded by URL.
 * @throws {JugError} if jug runs the script: then `--jugdir` decides.
 *
 * @example Usage
 * ```ts
 * import { isJugRunning, setJugdir } from "jug";
 *
 * if (!isJugRunning()) setJugdir("memory:");
 * ```
 *
 * @category Scripts
 */
export function setJugdir(address: string): void {
  const session = currentSession();
  if (session.isJugRunning) {
    throw new JugError("usage", "setJugdir() was called in a jugfile that jug runs", {
      remedy: "Set the jugdir with --jugdir, or check isJugRunning() first",
    });
  }
  session.jugdir = address;
  const results = new DeferredResults(() => openResults(session, addressOf(session)));
  session.results = results;
  session.keeper = keeperOf(session, results);
}

/**
 * Whether jug runs this module as a jugfile, rather than `deno run` running it as a script. It is `true` under the
 * command line, {@linkcode init} and `openSession`.
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
 *
 * @category Scripts
 */
export function isJugRunning(): boolean {
  return currentSession().isJugRunning;
}

/**
 * Returns the tasks declared so far, in the order of their declaration.
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
 *
 * @category Scripts
 */
export function getTasks(): AnyTask[] {
  return [...currentSession().tasks.values()] as unknown as AnyTask[];
}

/**
 * Options of {@linkcode init}.
 *
 * @category Scripts
 */
export interface InitOptions {
  /** The jugfile's arguments. Default: none. */
  readonly args?: readonly string[];
}

/**
 * Loads a jugfile to inspect its tasks and results. Runs no tasks, except those of `CachedFunction` and `cachedGlob`.
 * Afterwards `value`, `getTasks` and the like refer to this jugfile.
 *
 * @param jugfile The path or URL of the jugfile.
 * @param jugdir Where its results are. Default: for primes.ts, `primes.jugdata` in the same folder; in the current
 * folder if the jugfile is given by URL.
 * @param options The jugfile's arguments.
 * @returns The module's exports.
 * @throws {JugError} if an option is wrong, if the jugfile cannot be loaded or was loaded by this process before, or if
 * it is at a barrier whose tasks are not finished.
 *
 * @category Scripts
 */
export async function init<M extends object = Exports>(
  jugfile: string,
  jugdir?: string,
  options: InitOptions = {},
): Promise<M> {
  checkOptions("init()", options, INIT_RULES);
  const address = findJugdir(jugdir, jugfile, new Date());
  const url = jugfileUrl(jugfile);
  if (loadedOnce.has(url)) {
    throw new JugError("usage", `init() was called for ${jugfile}, which this process has already loaded`, {
      remedy:
        "A module's code runs only once: load it once, or use openSession(), which loads it in a thread of its own",
    });
  }
  const inspection = await inspectJugfile({
    jugfile,
    address,
    args: options.args ?? [],
    onDamaged: warnDamaged,
    onBegin: () => loadedOnce.add(url),
  });
  const { session, exports, barrier } = inspection;
  if (exports === undefined) {
    const error = new JugError("missing", `${jugfile} waits at the barrier at ${barrier?.file}:${barrier?.line}`, {
      remedy: "Run `jug execute` until the tasks above it are finished",
    });
    await inspection.abandon(error);
    throw error;
  }
  session.results = new SessionResults(session, inspection.store);
  // Only the caller can know which module it is: `init<typeof import("./primes.ts")>(…)`.
  return exports as object as M;
}

/** The URLs of the jugfiles that `init` has loaded. Entries stay, as the runtime keeps the modules, too. */
const loadedOnce = new Set<string>();

function warnDamaged(hash: string, reason: string): void {
  console.error(`jug: the result ${hash.slice(0, 8)} is damaged (${reason}) and was removed`);
}

/**
 * Options of {@linkcode execute}.
 *
 * @category Scripts
 */
export interface ExecuteOptions {
  /** Whether to continue with other tasks after one has failed. Default: false. */
  readonly keepGoing?: boolean;
  /** Which tasks to run: `primes.isPrime`, `isPrime` or `/regex/`. Default: all. */
  readonly target?: string;
  /** How many asynchronous tasks run at once. Default: 1. */
  readonly concurrency?: number;
  /** How long locks are valid without a renewal of the lease, in milliseconds. Default: 30,000. */
  readonly leaseMs?: number;
  /** How long to wait for tasks that other processes run, in milliseconds. Default: 1,800,000 (half an hour). */
  readonly waitLimitMs?: number;
}

/**
 * The outcome of {@linkcode execute}.
 *
 * @category Scripts
 */
export interface ExecuteSummary {
  /** How many tasks this call ran. */
  readonly executed: number;
  /** How many tasks have results now, including those that others ran. */
  readonly finished: number;
  /** The tasks that failed in this call. */
  readonly failures: readonly TaskFailure[];
  /** Whether every task has a result. */
  readonly isComplete: boolean;
}

/** The values that each option of {@linkcode execute} accepts. */
export const EXECUTE_RULES: OptionRules<ExecuteOptions> = {
  keepGoing: flag,
  target,
  concurrency: wholeNumber(1),
  leaseMs: duration,
  waitLimitMs: patience,
};

const INIT_RULES: OptionRules<InitOptions> = { args: texts };

const running = new WeakSet<Session>();

/**
 * Runs the tasks declared so far in this thread, until all are finished or cannot be. Any number of other workers may
 * work on the same jugdir. A failure of a task is not thrown: it is printed on stderr and is in the summary.
 *
 * @param options Which tasks to run, and how.
 * @returns What this call ran, and what is finished.
 * @throws {JugError} if an option is wrong, `target` matches no task, the jugdir cannot be opened, a hook or the
 * function of a compound task throws, jug already runs the script, or an earlier call has not ended.
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
 *
 * @category Scripts
 */
export async function execute(options: ExecuteOptions = {}): Promise<ExecuteSummary> {
  checkOptions("execute()", options, EXECUTE_RULES);
  const session = currentSession();
  requireLoading(session, "execute() was called");
  if (session.isJugRunning) {
    throw new JugError("usage", "execute() was called in a jugfile that jug already runs", {
      remedy: "Check isJugRunning() first",
    });
  }
  if (running.has(session)) {
    throw new JugError("usage", "execute() is already running", { remedy: "Await the first call" });
  }
  running.add(session);
  try {
    return await executeIn(session, options);
  } finally {
    running.delete(session);
  }
}

async function executeIn(session: Session, options: ExecuteOptions): Promise<ExecuteSummary> {
  const address = addressOf(session);
  const { results: known } = session;
  const results = known instanceof DeferredResults
    ? await known.open()
    : known instanceof SessionResults
    ? known
    : await openResults(session, address);
  const { store } = results;
  keepPrints();
  const owner = makeOwner(options.leaseMs ?? DEFAULT_LEASE_MS);
  const lease = await keepLease(store.backend, address, owner);
  const failures: TaskFailure[] = [];
  const executed = new Map<string, number>();
  const ms = new Map<string, number>();
  let loadError: ErrorReport | undefined;
  const report = (message: FromWorker): void => {
    if (message.kind === "executed") {
      addCounts(executed, message.counts);
      addCounts(ms, message.ms);
    } else if (message.kind === "load-failed") loadError = message.error;
    else if (message.kind === "failed") {
      failures.push(message.failure);
      console.error(`jug: ${failureText(message.failure)}`);
    } else if (message.kind === "idle" || message.kind === "busy") listener.want(message.kind === "idle");
    else if (message.kind === "output") showPrint(session, message.stream, message.text);
    else if (message.kind === "batch") lease.beginBatch(message.number, message.hashes);
    else if (message.kind === "note") showPrint(session, "stderr", message.text);
  };
  const worker = new Worker({
    session,
    store,
    claimant: { owner, thread: 0 },
    options: {
      target: options.target,
      concurrency: options.concurrency ?? 1,
      pool: undefined,
      workers: 1,
      keepGoing: options.keepGoing ?? false,
      keepFailed: false,
      waitLimitMs: options.waitLimitMs ?? DEFAULT_WAIT_LIMIT_MS,
      taskBudget: undefined,
      deadline: undefined,
      stopFiles: [],
    },
    batch: lease.batch,
    report,
    now: Date.now,
  });
  const listener = new ChangeListener({
    backend: store.backend,
    tell: (changes) => worker.hear(changes),
    warn: (text) => showPrint(session, "stderr", text),
  });
  try {
    const end = await worker.run(undefined);
    if (loadError !== undefined) throw new JugError("jugfile", `execute() failed\n  ${errorText(loadError)}`);
    if (options.target !== undefined) await requireMatch(options.target, end);
    const tally = tallyOf(executed, ms, end);
    await worker.callHooks("execute.finished_pre_status", tally);
    await worker.callHooks("execute.finished_post_status", tally);
    const finished = Object.values(end.finishedByName).reduce((sum, count) => sum + count, 0);
    return { executed: sum(executed.values()), finished, failures, isComplete: finished === session.tasks.size };
  } finally {
    listener.want(false);
    session.onDeclare = undefined;
    session.keeper = keeperOf(session, results);
    await lease.leave();
  }
}

function addressOf(session: Session): string {
  return findJugdir(session.jugdir, session.jugfile ?? ownScript(), new Date());
}

/**
 * Returns the path of the script. In a compiled program, only its name: the script is inside the program, where no
 * results can be stored.
 */
function ownScript(): string {
  return Deno.build.standalone ? new URL(Deno.mainModule).pathname.split("/").at(-1) ?? "" : Deno.mainModule;
}

/** Returns the results of a session; opens the script's jugdir if it is not open yet. */
export async function sessionResults(session: Session): Promise<Results> {
  return session.results ?? await openResults(session, addressOf(session));
}

async function openResults(session: Session, address: string): Promise<SessionResults> {
  const backend = await openBackend(address, { create: true });
  const results = new SessionResults(session, new Store(backend, { onDamaged: warnDamaged }));
  session.results = results;
  return results;
}

/** Returns the keeper for the time in which no worker runs: a barrier passes only if all its tasks are finished. */
function keeperOf(session: Session, results: Results): Session["keeper"] {
  return {
    hold: async ({ waitsFor }) => {
      const hashes = tasksOf(session, waitsFor);
      if ((await results.has(hashes)).size === new Set(hashes).size) return;
      throw new JugError("missing", "barrier() waits for tasks that no worker runs", {
        remedy: "`await execute()` before the barrier",
      });
    },
  };
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
