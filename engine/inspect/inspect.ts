/**
 * Inspects a jugfile without running its tasks: loads it as far as its first unmet barrier.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import { openBackend } from "../../backends/open.ts";
import type { Hash } from "../../core/brand.ts";
import type { Place } from "../../core/caller.ts";
import { JugError } from "../../core/errors.ts";
import { dependenciesFirst, requiredTasks } from "../../core/session/dependencies.ts";
import type { Barrier } from "../../core/session/barrier_keeper.ts";
import { changedCodeText, findChangedCode } from "../results/changed_code.ts";
import { isSharedJugdir } from "../load/jugdir.ts";
import { createSession, type DeclaredTask, type Session, setScriptSession } from "../../core/session/session.ts";
import { Barriers } from "../graph/barriers.ts";
import { loadingText } from "../load/evaluation.ts";
import { type Exports, jugfileUrl, type Loading, loadJugfile } from "../load/load.ts";
import { jugfileFailure } from "../load/load_failure.ts";
import { type EarlyNamespace, type ExportsSoFar, exportsSoFar, watchNamespace } from "../load/namespace.ts";
import { OpenCompounds } from "../graph/open_compounds.ts";
import { thisHost } from "../results/owner.ts";
import { type ReachedBarrier, ReachedBarriers } from "./reached_barriers.ts";
import { SessionResults } from "./session_results.ts";
import { SourceReader } from "../sources/source_reader.ts";
import { Store } from "../results/store.ts";
import { turn, Wake } from "../threads/wake.ts";

/** A task as commands see it. */
export interface InspectedTask {
  readonly hash: Hash;
  readonly name: string;
  /** The tasks whose results it needs. */
  readonly dependencies: readonly Hash[];
}

/** How the results of tasks changed. */
export interface ResultChanges {
  /** Tasks that have a result now. */
  readonly finished: readonly Hash[];
  /** Tasks that have no result any more. */
  readonly lost: readonly Hash[];
}

/** Options of {@linkcode inspectJugfile}. */
export interface InspectRequest {
  readonly jugfile: string;
  readonly address: string;
  readonly args: readonly string[];
  /** Called for each damaged result that is found. */
  readonly onDamaged?: (hash: Hash, reason: string) => void;
  /** Called if the jugfile takes long for something other than a barrier, once per cause. Default: prints to stderr. */
  readonly onSlow?: (text: string) => void;
  /** Called when the jugfile's code begins to run. */
  readonly onBegin?: () => void;
  /**
   * Whether neither tasks are run nor damaged results removed. A jugfile that runs a task while it loads is then loaded
   * only as far as that call. Default: false.
   */
  readonly changesNothing?: boolean;
  /** A backend that is already open; closing the inspection closes it. Default: the one that `address` names. */
  readonly backend?: Backend;
}

/**
 * Loads a jugfile as far as its first unmet barrier.
 *
 * @throws {JugError} of kind "jugfile" if it cannot be loaded, of kind "backend" if the jugdir cannot be read.
 */
export async function inspectJugfile(request: InspectRequest): Promise<JugfileInspection> {
  const backend = request.backend ?? await openBackend(request.address, { observer: thisHost() });
  const inspection = new JugfileInspection(request, backend);
  try {
    await inspection.load();
  } catch (error) {
    await backend.close();
    throw error;
  }
  inspection.takeOver();
  return inspection;
}

/** A jugfile under inspection. */
export class JugfileInspection {
  readonly session: Session;
  readonly store: Store;
  /** Reads the modules that the jugfile was loaded with. */
  readonly sources: SourceReader;
  readonly #jugfile: string;
  readonly #changesNothing: boolean;
  readonly #onBegin: (() => void) | undefined;
  #onSlow: ((text: string) => void) | undefined;
  readonly #declared: Hash[] = [];
  readonly #finished = new Set<Hash>();
  /** How many of the declared tasks have been looked up in the current pass. */
  #asked = 0;
  readonly #barriers = new Barriers({
    isFinished: (hash) => this.#finished.has(hash),
    declared: this.#declared,
  });
  readonly #reached = new ReachedBarriers(() => this.#declared.length);
  readonly #abandoned = Promise.withResolvers<never>();
  readonly #wake = new Wake();
  #loading: Loading | undefined;
  /** Unopened compound tasks that have not been looked up yet. */
  #shut: DeclaredTask[] = [];
  readonly #openings = new OpenCompounds({
    opened: () => {},
    failed: (error) => this.#openingError ??= { error },
    ended: () => this.#wake.wake(),
  });
  #openingError: { readonly error: unknown } | undefined;
  #early: EarlyNamespace | undefined;
  #awaited: DeclaredTask | undefined;
  #giveBack: (() => void) | undefined;

  constructor(request: InspectRequest, readonly backend: Backend) {
    const { onDamaged, onBegin, changesNothing = false } = request;
    this.#onBegin = onBegin;
    this.#changesNothing = changesNothing;
    this.#onSlow = request.onSlow ?? ((text) => console.error(text));
    this.#jugfile = request.jugfile;
    this.sources = new SourceReader({ main: jugfileUrl(request.jugfile), since: Date.now() });
    this.store = new Store(backend, {
      sources: this.sources,
      removesNothing: changesNothing,
      ...onDamaged === undefined ? {} : { onDamaged },
    });
    this.session = createSession({
      jugfile: request.jugfile,
      args: request.args,
      isJugRunning: true,
      jugdir: request.address,
    });
    this.session.results = {
      has: (hashes) => this.store.has(hashes),
      load: (hashes) => this.store.load(hashes),
      meta: (hashes) => this.store.meta(hashes),
      run: () => Promise.reject(new JugError("usage", "tasks cannot be run while a jugfile is inspected")),
      ensure: (task) => this.#ensure(task),
      invalidate: () =>
        Promise.reject(new JugError("usage", "results cannot be invalidated while a jugfile is inspected")),
    };
    // Without an unmet barrier, nothing handles this rejection.
    this.#abandoned.promise.catch(() => {});
    this.session.keeper = { hold: (barrier) => this.#hold(barrier) };
    this.session.onDeclare = (task) => {
      this.#declared.push(task.hash);
      if (task.compound !== undefined) this.#shut.push(task);
    };
  }

  /** Runs a task that the jugfile cannot be loaded without: these run even during an inspection. */
  async #ensure(task: DeclaredTask): Promise<void> {
    if (this.#changesNothing) {
      if ((await this.store.has([task.hash])).has(task.hash)) return;
      this.#awaited ??= task;
      return await this.#hold({ waitsFor: { kind: "tasks", hashes: [task.hash] }, place: undefined });
    }
    await new SessionResults(this.session, this.store).ensure(task);
  }

  /** Every task declared so far, dependencies first. */
  get tasks(): readonly InspectedTask[] {
    return dependenciesFirst(this.session.tasks.values()).map((task) =>
      // A million tasks that need nothing would take 100 MB once more.
      needsNothing(task)
        ? task
        : { hash: task.hash, name: task.name, dependencies: hashesOf(requiredTasks(task.dependencies)) }
    );
  }

  /** The barriers that are not met. */
  get unmetBarriers(): readonly Barrier[] {
    return [...this.#barriers];
  }

  /** The first unmet barrier, if any: more tasks may follow it. */
  get barrier(): Place | undefined {
    if (this.#barriers.size === 0) return undefined;
    return this.#barriers.place ?? { file: this.#jugfile, line: 0 };
  }

  /** All barriers that the jugfile has reached, in this order. */
  get barriers(): Iterable<ReachedBarrier> {
    return this.#reached;
  }

  /** The first task that would have to run before the jugfile is loaded further, if nothing may be run. */
  get awaited(): DeclaredTask | undefined {
    return this.#awaited;
  }

  /** The exports of the module; `undefined` while a barrier is unmet. */
  get exports(): Exports | undefined {
    const outcome = this.#loading?.outcome;
    return outcome?.kind === "loaded" ? outcome.exports : undefined;
  }

  /** The exports of the module above the unmet barrier; all of them once it is loaded. */
  get exportsSoFar(): ExportsSoFar {
    return exportsSoFar(this.exports ?? this.#early?.exports);
  }

  /** Returns the name and the arguments of a task, `undefined` if it is not declared so far. */
  declared(hash: Hash): Pick<DeclaredTask, "name" | "args"> | undefined {
    return this.session.tasks.get(hash);
  }

  /** Returns one sentence for each task name with results that an earlier version of its function computed. */
  async changedCode(finished: ReadonlySet<Hash>): Promise<readonly string[]> {
    const found = await findChangedCode(this.backend, this.session.tasks.values(), (hash) => finished.has(hash));
    const isShared = isSharedJugdir(this.session.jugdir, this.#jugfile);
    return found.map((changed) => changedCodeText(changed, this.#jugfile, isShared));
  }

  /** Loads until the module has settled or is at an unmet barrier. */
  async load(): Promise<void> {
    this.#loading ??= this.#begin();
    const loading = this.#loading;
    // Tasks that were unfinished may be finished now.
    this.#asked = 0;
    while (this.#isUnderWay(loading)) {
      await this.#openMet();
      await this.#openCompounds();
      const before = this.session.tasks.size;
      await turn();
      if (!this.#isUnderWay(loading)) break;
      const isStill = this.session.tasks.size === before && this.#shut.length === 0;
      if (isStill && this.#barriers.size > 0 && !await this.#openMet()) return;
      if (isStill && this.#barriers.size === 0) await this.#waitFor(loading);
    }
    if (loading.outcome?.kind === "failed") throw jugfileFailure(this.#jugfile, loading.outcome.error);
    if (this.#openingError !== undefined) throw jugfileFailure(this.#jugfile, this.#openingError.error);
  }

  /**
   * Waits for a module that is still loading its imports, or awaits something other than a barrier. It wakes this
   * inspection when it continues, which may never happen.
   */
  async #waitFor(loading: Loading): Promise<void> {
    if (await this.#wake.wait(this.#onSlow === undefined ? Infinity : SLOW_MS)) return;
    // The time may have passed inside a synchronous function that has just returned.
    await turn();
    if (this.#onSlow === undefined || !this.#isUnderWay(loading) || this.#barriers.size > 0) return;
    this.#onSlow(`${this.#jugfile} ${loadingText(loading.hasBegun)}`);
    // If its imports load slowly, report a later slow await as well.
    if (loading.hasBegun !== false) this.#onSlow = undefined;
    else await loading.begun;
  }

  /** Whether code of the jugfile is still running: the module, or the function of a compound task. */
  #isUnderWay({ outcome }: Loading): boolean {
    if (outcome?.kind === "failed" || this.#openingError !== undefined) return false;
    return outcome === undefined || this.#shut.length > 0 || this.#openings.count > 0;
  }

  /** Opens the compound tasks that have no result. */
  async #openCompounds(): Promise<void> {
    const shut = this.#shut;
    if (shut.length === 0) return;
    this.#shut = [];
    const finished = await this.store.has(shut.map((task) => task.hash));
    for (const task of shut) if (!finished.has(task.hash)) this.#openings.begin(task);
  }

  #begin(): Loading {
    const early = watchNamespace(jugfileUrl(this.#jugfile));
    this.#early = early;
    let loading: Loading;
    try {
      loading = loadJugfile(this.session, this.#jugfile);
    } catch (error) {
      early.release();
      throw error;
    }
    this.#onBegin?.();
    loading.settled.then(() => {
      early.release();
      this.#wake.wake();
    });
    return loading;
  }

  #hold(barrier: Barrier): Promise<void> {
    this.#wake.wake();
    const pass = this.#reached.reach(barrier);
    return Promise.race([this.#barriers.hold(barrier).then(pass), this.#abandoned.promise]);
  }

  /**
   * Opens the barriers whose tasks are all finished; returns whether there were any. Looks up each task once per pass.
   */
  async #openMet(): Promise<boolean> {
    const before = this.#barriers.size;
    if (before === 0) return false;
    const asked = this.#declared.slice(this.#asked);
    this.#asked = this.#declared.length;
    const found = asked.length === 0 ? NOTHING : await this.store.has(asked);
    for (const hash of asked) {
      if (found.has(hash)) this.#finish(hash);
      else this.#lose(hash);
    }
    const opened = this.#barriers.size < before;
    if (opened) await turn();
    return opened;
  }

  /** Records that a task has a result. A barrier that waits for certain tasks counts each of them down once. */
  #finish(hash: Hash): void {
    if (this.#finished.has(hash)) return;
    this.#finished.add(hash);
    this.#barriers.finish(hash);
  }

  #lose(hash: Hash): void {
    if (this.#finished.delete(hash)) this.#barriers.lose(hash);
  }

  /**
   * Records which tasks have a result now and which have lost theirs, from somebody who follows them anyway. If that
   * opens a barrier, loads the jugfile as far as its next unmet barrier or its end, and returns a promise of that.
   */
  advanceBy({ finished, lost }: ResultChanges): Promise<void> | undefined {
    const before = this.#barriers.size;
    for (const hash of lost) this.#lose(hash);
    for (const hash of finished) this.#finish(hash);
    return this.#barriers.size === before ? undefined : turn().then(() => this.load());
  }

  /**
   * Waits until the unmet barrier is met and the jugfile has reached its next barrier or its end; returns `false` if
   * aborted.
   */
  async advance(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (this.#barriers.size === 0) return true;
      this.#asked = 0;
      if (await this.#openMet()) {
        await this.load();
        return true;
      }
      await this.#changeOrPause(signal);
    }
    return false;
  }

  /** Waits for a change, at most {@linkcode PAUSE_MS}: on a network file system, notifications may get lost. */
  async #changeOrPause(signal: AbortSignal): Promise<void> {
    const pause = new AbortController();
    const timer = setTimeout(() => pause.abort(), PAUSE_MS);
    await this.backend.waitForChange(AbortSignal.any([signal, pause.signal]));
    clearTimeout(timer);
  }

  /** Ends a load that is at an unmet barrier. A module that waits forever would keep a script from ending normally. */
  async abandon(error: Error): Promise<void> {
    this.session.keeper = { hold: () => Promise.reject(error) };
    this.#abandoned.reject(error);
    await this.close();
  }

  /**
   * Makes this session the current one for code that runs in no session, until the inspection is closed. For example,
   * values of the jugfile may read its `args` when they are printed.
   */
  takeOver(): void {
    this.#giveBack = setScriptSession(this.session);
  }

  async close(): Promise<void> {
    this.#giveBack?.();
    await this.backend.close();
  }
}

/** How long loading imports, or an await other than a barrier, may take before it is reported, in milliseconds. */
const SLOW_MS = 2000;
/** How long to wait for a notification before checking without one, in milliseconds. */
const PAUSE_MS = 5000;

const NOTHING: ReadonlySet<Hash> = new Set();

function needsNothing(task: DeclaredTask): task is DeclaredTask & { readonly dependencies: readonly [] } {
  return task.dependencies.length === 0;
}

function hashesOf(tasks: readonly DeclaredTask[]): Hash[] {
  return tasks.map((task) => task.hash);
}
