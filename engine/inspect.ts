/**
 * Looks at a jugfile without running anything: loads it as far as its first unmet barrier.
 *
 * @module
 */
import type { Backend } from "../backends/backend.ts";
import { openBackend } from "../backends/open.ts";
import type { Hash } from "../core/brand.ts";
import type { Place } from "../core/caller.ts";
import { JugError } from "../core/errors.ts";
import { requiredTasks } from "../core/node.ts";
import { type Barrier, createSession, type DeclaredTask, type Session } from "../core/session.ts";
import { type Exports, type Loading, loadJugfile } from "./load.ts";
import { jugfileFailure } from "./load_failure.ts";
import { Store } from "./store.ts";
import { turn, Wake } from "./wake.ts";

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
}

/**
 * Loads a jugfile as far as its first unmet barrier.
 *
 * @throws {JugError} of kind "jugfile" where it cannot be loaded, of kind "backend" where the jugdir cannot be read.
 */
export async function inspectJugfile(request: InspectRequest): Promise<JugfileInspection> {
  const backend = await openBackend(request.address);
  const inspection = new JugfileInspection(request, backend);
  try {
    await inspection.load();
  } catch (error) {
    await backend.close();
    throw error;
  }
  return inspection;
}

interface HeldBarrier {
  readonly barrier: Barrier;
  readonly open: () => void;
}

/** A jugfile that is looked at. */
export class JugfileInspection {
  readonly session: Session;
  readonly store: Store;
  readonly #jugfile: string;
  readonly #held = new Set<HeldBarrier>();
  readonly #wake = new Wake();
  #loading: Loading | undefined;

  constructor(request: InspectRequest, readonly backend: Backend) {
    const { onDamaged } = request;
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
      run: () => Promise.reject(new JugError("usage", "nothing is run while a jugfile is looked at")),
      invalidate: () => Promise.reject(new JugError("usage", "nothing is invalidated while a jugfile is looked at")),
    };
    this.session.keeper = { hold: (barrier) => this.#hold(barrier) };
  }

  /** Every task that is declared so far, dependencies first. */
  get tasks(): readonly InspectedTask[] {
    return [...this.session.tasks.values()].map((task) => ({
      hash: task.hash,
      name: task.name,
      dependencies: task.dependencies.length === 0 ? NONE : hashesOf(requiredTasks(task.dependencies)),
    }));
  }

  /** The barrier that is not met, if any: more tasks may follow it. */
  get barrier(): Place | undefined {
    for (const { barrier } of this.#held) return barrier.place ?? { file: this.#jugfile, line: 0 };
    return undefined;
  }

  /** What the module exports; `undefined` while a barrier is unmet. */
  get exports(): Exports | undefined {
    const outcome = this.#loading?.outcome;
    return outcome?.kind === "loaded" ? outcome.exports : undefined;
  }

  /** Loads until the module has settled or stands at an unmet barrier. */
  async load(): Promise<void> {
    this.#loading ??= this.#begin();
    const loading = this.#loading;
    while (loading.outcome === undefined) {
      await this.#openMet();
      const before = this.session.tasks.size;
      await turn();
      if (loading.outcome !== undefined) break;
      const isStill = this.session.tasks.size === before;
      if (isStill && this.#held.size > 0 && !await this.#openMet()) return;
      // The module awaits something of its own: it says so when it goes on.
      if (isStill && this.#held.size === 0) await this.#wake.wait(Infinity);
    }
    if (loading.outcome?.kind === "failed") throw jugfileFailure(this.#jugfile, loading.outcome.error);
  }

  #begin(): Loading {
    const loading = loadJugfile(this.session, this.#jugfile);
    loading.settled.then(() => this.#wake.wake());
    return loading;
  }

  #hold(barrier: Barrier): Promise<void> {
    return new Promise((open) => {
      this.#held.add({ barrier, open });
      this.#wake.wake();
    });
  }

  /** Opens the barriers whose tasks are all finished; answers whether there were any. */
  async #openMet(): Promise<boolean> {
    let opened = false;
    for (const held of [...this.#held]) {
      const { waitsFor } = held.barrier;
      if ((await this.store.has(waitsFor)).size < new Set(waitsFor).size) continue;
      this.#held.delete(held);
      held.open();
      opened = true;
    }
    if (opened) await turn();
    return opened;
  }

  /** Waits until the unmet barrier is met and the jugfile went on to the next one or its end; `false` if aborted. */
  async advance(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (this.#held.size === 0) return true;
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

  async close(): Promise<void> {
    await this.backend.close();
  }
}

/** How long to wait for word of a change before looking without, in milliseconds. */
const PAUSE_MS = 5000;

const NONE: readonly Hash[] = [];

function hashesOf(tasks: readonly DeclaredTask[]): Hash[] {
  return tasks.map((task) => task.hash);
}
