/**
 * Looks at a jugfile without running anything: loads it as far as its first unmet barrier.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import { openBackend } from "../../backends/open.ts";
import type { Hash } from "../../core/brand.ts";
import type { Place } from "../../core/caller.ts";
import { JugError } from "../../core/errors.ts";
import { dependenciesFirst, requiredTasks } from "../../core/session/node.ts";
import type { Barrier } from "../../core/session/barrier_keeper.ts";
import { changedCodeText, findChangedCode } from "../store/changed_code.ts";
import { isSharedJugdir } from "../load/jugdir.ts";
import { createSession, type DeclaredTask, type Session, setScriptSession } from "../../core/session/session.ts";
import { Barriers } from "../graph/barriers.ts";
import { loadingText } from "../load/evaluation.ts";
import { type Exports, jugfileUrl, type Loading, loadJugfile } from "../load/load.ts";
import { jugfileFailure } from "../load/load_failure.ts";
import { type EarlyNamespace, type ExportsSoFar, exportsSoFar, watchNamespace } from "../load/namespace.ts";
import { Openings } from "../graph/openings.ts";
import { thisHost } from "../store/owner.ts";
import { SessionResults } from "./session_results.ts";
import { Store } from "../store/store.ts";
import { turn, Wake } from "../threads/wake.ts";

/** A task as commands see it. */
export interface InspectedTask {
  readonly hash: Hash;
  readonly name: string;
  /** The tasks whose results it needs. */
  readonly dependencies: readonly Hash[];
}

/** What to look at. */
export interface InspectRequest {
  readonly jugfile: string;
  readonly address: string;
  readonly args: readonly string[];
  /** Told of each damaged result that is met. */
  readonly onDamaged?: (hash: Hash, reason: string) => void;
  /** Told where the jugfile takes long for something that is no barrier, once for each thing. Default: stderr is. */
  readonly onSlow?: (text: string) => void;
  /** Called when the jugfile's code begins to run. */
  readonly onBegin?: () => void;
  /** Opened already; closed with the inspection. Default: what `address` names. */
  readonly backend?: Backend;
}

/**
 * Loads a jugfile as far as its first unmet barrier.
 *
 * @throws {JugError} of kind "jugfile" where it cannot be loaded, of kind "backend" where the jugdir cannot be read.
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

/** A jugfile that is looked at. */
export class JugfileInspection {
  readonly session: Session;
  readonly store: Store;
  readonly #jugfile: string;
  readonly #onBegin: (() => void) | undefined;
  #onSlow: ((text: string) => void) | undefined;
  readonly #declared: Hash[] = [];
  readonly #finished = new Set<Hash>();
  /** Of so many that were declared it is known, for this look, whether they are finished. */
  #asked = 0;
  readonly #barriers = new Barriers({
    isFinished: (hash) => this.#finished.has(hash),
    declared: this.#declared,
  });
  readonly #abandoned = Promise.withResolvers<never>();
  readonly #wake = new Wake();
  #loading: Loading | undefined;
  /** Compound tasks of which nobody asked yet whether they have a result. */
  #shut: DeclaredTask[] = [];
  readonly #openings = new Openings({
    opened: () => {},
    failed: (error) => this.#openingError ??= { error },
    ended: () => this.#wake.wake(),
  });
  #openingError: { readonly error: unknown } | undefined;
  #early: EarlyNamespace | undefined;
  #giveBack: (() => void) | undefined;

  constructor(request: InspectRequest, readonly backend: Backend) {
    const { onDamaged, onBegin } = request;
    this.#onBegin = onBegin;
    this.#onSlow = request.onSlow ?? ((text) => console.error(text));
    this.#jugfile = request.jugfile;
    this.store = new Store(backend, onDamaged === undefined ? {} : { onDamaged });
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
      run: () => Promise.reject(new JugError("usage", "nothing is run while a jugfile is looked at")),
      ensure: (task) => this.#ensure(task),
      invalidate: () => Promise.reject(new JugError("usage", "nothing is invalidated while a jugfile is looked at")),
    };
    // Where no barrier is shut, nobody hears of the end.
    this.#abandoned.promise.catch(() => {});
    this.session.keeper = { hold: (barrier) => this.#hold(barrier) };
    this.session.onDeclare = (task) => {
      this.#declared.push(task.hash);
      if (task.compound !== undefined) this.#shut.push(task);
    };
  }

  /** What the jugfile cannot be loaded without is run even here. */
  #ensure(task: DeclaredTask): Promise<void> {
    return new SessionResults(this.session, this.store).ensure(task);
  }

  /** Every task that is declared so far, dependencies first. */
  get tasks(): readonly InspectedTask[] {
    return dependenciesFirst(this.session.tasks.values()).map((task) => ({
      hash: task.hash,
      name: task.name,
      dependencies: task.dependencies.length === 0 ? NONE : hashesOf(requiredTasks(task.dependencies)),
    }));
  }

  /** The barrier that is not met, if any: more tasks may follow it. */
  get barrier(): Place | undefined {
    if (this.#barriers.size === 0) return undefined;
    return this.#barriers.place ?? { file: this.#jugfile, line: 0 };
  }

  /** What the module exports; `undefined` while a barrier is unmet. */
  get exports(): Exports | undefined {
    const outcome = this.#loading?.outcome;
    return outcome?.kind === "loaded" ? outcome.exports : undefined;
  }

  /** What the module exports above the unmet barrier; all that it exports once it is loaded. */
  get exportsSoFar(): ExportsSoFar {
    return exportsSoFar(this.exports ?? this.#early?.exports);
  }

  /** Results that an earlier version of a function computed, a sentence for each name. */
  async changedCode(finished: ReadonlySet<Hash>): Promise<readonly string[]> {
    const found = await findChangedCode(this.backend, this.session.tasks.values(), (hash) => finished.has(hash));
    const isShared = isSharedJugdir(this.session.jugdir, this.#jugfile);
    return found.map((changed) => changedCodeText(changed, this.#jugfile, isShared));
  }

  /** Loads until the module has settled or stands at an unmet barrier. */
  async load(): Promise<void> {
    this.#loading ??= this.#begin();
    const loading = this.#loading;
    // What was not finished may be by now.
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

  /** The module is on its way, or awaits something of its own: it says so when it goes on, and it may never do so. */
  async #waitFor(loading: Loading): Promise<void> {
    if (await this.#wake.wait(this.#onSlow === undefined ? Infinity : SLOW_MS)) return;
    // The time may have passed inside a synchronous function that has just returned.
    await turn();
    if (this.#onSlow === undefined || !this.#isUnderWay(loading) || this.#barriers.size > 0) return;
    this.#onSlow(`${this.#jugfile} ${loadingText(loading.hasBegun)}`);
    // Where its modules come slowly, what it does afterwards is told as well.
    if (loading.hasBegun !== false) this.#onSlow = undefined;
    else await loading.begun;
  }

  /** Whether code of the jugfile is still at work, be it the module or the function of a compound task. */
  #isUnderWay({ outcome }: Loading): boolean {
    if (outcome?.kind === "failed" || this.#openingError !== undefined) return false;
    return outcome === undefined || this.#shut.length > 0 || this.#openings.count > 0;
  }

  /** Lets the compound tasks that have no result declare what they stand for. */
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
    return Promise.race([this.#barriers.hold(barrier), this.#abandoned.promise]);
  }

  /** Opens the barriers whose tasks are all finished; answers whether there were any. Each task is asked for once a look. */
  async #openMet(): Promise<boolean> {
    const before = this.#barriers.size;
    if (before === 0) return false;
    const asked = this.#declared.slice(this.#asked);
    this.#asked = this.#declared.length;
    const found = asked.length === 0 ? NOTHING : await this.store.has(asked);
    for (const hash of asked) {
      if (found.has(hash)) {
        this.#finished.add(hash);
        this.#barriers.finish(hash);
      } else if (this.#finished.delete(hash)) this.#barriers.lose(hash);
    }
    const opened = this.#barriers.size < before;
    if (opened) await turn();
    return opened;
  }

  /** Waits until the unmet barrier is met and the jugfile went on to the next one or its end; `false` if aborted. */
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

  /** A change may be lost over a network file system, so it looks by itself now and then. */
  async #changeOrPause(signal: AbortSignal): Promise<void> {
    const pause = new AbortController();
    const timer = setTimeout(() => pause.abort(), PAUSE_MS);
    await this.backend.waitForChange(AbortSignal.any([signal, pause.signal]));
    clearTimeout(timer);
  }

  /** Ends a load that stands at an unmet barrier: a module that waits for ever keeps a script from ending well. */
  async abandon(error: Error): Promise<void> {
    this.session.keeper = { hold: () => Promise.reject(error) };
    this.#abandoned.reject(error);
    await this.close();
  }

  /** Until it is closed, all that runs in no session sees this one: values of the jugfile look at its `args` when printed. */
  takeOver(): void {
    this.#giveBack = setScriptSession(this.session);
  }

  async close(): Promise<void> {
    this.#giveBack?.();
    await this.backend.close();
  }
}

/** How long a jugfile may take for its modules, or for an await of its own, before that is told, in milliseconds. */
const SLOW_MS = 2000;
/** How long to wait for word of a change before looking without, in milliseconds. */
const PAUSE_MS = 5000;

const NONE: readonly Hash[] = [];
const NOTHING: ReadonlySet<Hash> = new Set();

function hashesOf(tasks: readonly DeclaredTask[]): Hash[] {
  return tasks.map((task) => task.hash);
}
