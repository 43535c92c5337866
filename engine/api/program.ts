/**
 * Runs jug without its command line: a script inspects a jugfile, or declares tasks itself and runs them.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import { currentSession, requireLoading, type Session } from "../../core/session/session.ts";
import type { AnyTask } from "../../core/types.ts";
import { DeferredResults } from "../inspect/deferred_results.ts";
import { SessionResults } from "../inspect/session_results.ts";
import { findJugdir } from "../load/jugdir.ts";
import { type Exports, jugfileUrl } from "../load/load.ts";
import { EXECUTE_RULES, type ExecuteOptions, type ExecuteSummary } from "./execute_options.ts";
import { checkOptions, type OptionRules, texts } from "./option_rules.ts";
import { addressOf, keeperOf, openResults, warnDamaged } from "./script_results.ts";

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
  const { inspectJugfile } = await import("../inspect/inspect.ts");
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
    const { executeIn } = await import("./execute_here.ts");
    return await executeIn(session, options);
  } finally {
    running.delete(session);
  }
}
