/**
 * Follows what happens in a jugdir: the states of a jugfile's tasks, who runs them, and the latest failures. It loads no
 * result. Between two looks at everything, a refresh costs as much as what has changed.
 *
 * @module
 */
import type { Backend, Change, ProcessEntry } from "../../backends/backend.ts";
import { listDurations } from "../../backends/optional_parts.ts";
import type { Hash } from "../../core/brand.ts";
import type { InspectedTask, ResultChanges } from "../inspect/inspect.ts";
import type { StateTotals, TaskState } from "../inspect/task_state.ts";
import { type Holder, listHolders, processesById } from "./holders.ts";
import { type LatestFailure, LatestFailures } from "./latest_failures.ts";
import { LiveStates, type NameStates } from "./live_states.ts";
import { type TimeLeft, TimeLeftEstimate } from "./time_left.ts";

/** What is known at one moment. */
export interface WatchView {
  /** The counts of each name, in the order of the tasks. */
  readonly names: readonly NameStates[];
  readonly total: StateTotals;
  /** The tasks of the jugfile that are running, those that were claimed first at the front. */
  readonly running: readonly Holder[];
  /** How many tasks were claimed together with running ones, and wait for these to end. */
  readonly queued: number;
  /** The latest failures, the last one first. */
  readonly failures: readonly LatestFailure[];
  /** How many processes work on the jugdir. */
  readonly processes: number;
  /** When the first of these processes started, in milliseconds since 1970 by its own clock, if known. */
  readonly since: number | undefined;
  /** How many tasks finish in a second; `undefined` while unknown. */
  readonly perSecond: number | undefined;
  readonly left: TimeLeft;
}

/** What a {@linkcode JugdirWatch} works with. */
export interface JugdirWatchParts {
  readonly backend: Backend;
  /** A clock that is never set back, in milliseconds. */
  readonly clock: () => number;
}

/** How many hashes are looked up in one call, so that the display is not held up for long. */
const PORTION = 20_000;
/** Notifications may get lost, so everything is looked up again after this time, in milliseconds… */
const FULL_MS = 5000;
/** …or after this many times as long as the last such look took. */
const FULL_SHARE = 20;
/** The mean duration of tasks that take no measurable time, in milliseconds. */
const LEAST_MS = 0.01;

/** Follows a jugdir. */
export class JugdirWatch {
  readonly #backend: Backend;
  readonly #clock: () => number;
  readonly #states = new LiveStates();
  readonly #estimate = new TimeLeftEstimate();
  readonly #failures: LatestFailures;
  #means: ReadonlyMap<string, number> = new Map();
  #holders: readonly Holder[] = [];
  #joined: ReadonlyMap<string, ProcessEntry> = new Map();
  #processes = 0;
  #since: number | undefined;
  #nextFull = 0;
  #changed: { finished: Hash[]; lost: Hash[] } = { finished: [], lost: [] };

  constructor({ backend, clock }: JugdirWatchParts) {
    this.#backend = backend;
    this.#clock = clock;
    this.#failures = new LatestFailures(backend);
  }

  /** Replaces the tasks to follow, and looks at everything. */
  async adopt(tasks: readonly InspectedTask[]): Promise<void> {
    this.#states.adopt(tasks);
    await this.lookAtAll();
  }

  /** Applies changes that the backend reported. */
  hear(changes: readonly Change[]): void {
    for (const { kind, hash } of changes) {
      switch (kind) {
        case "finished":
          this.#setFinished(hash, true);
          break;
        case "removed":
          this.#setFinished(hash, false);
          break;
        case "failed":
          if (!this.#states.has(hash)) break;
          this.#states.setFailed(hash, true);
          this.#failures.add(hash);
          break;
        case "released":
          // The next look at the locks shows it.
          break;
      }
    }
  }

  /** Looks at locks and processes, and now and then at everything. */
  async look(): Promise<void> {
    if (this.#clock() >= this.#nextFull) return await this.lookAtAll();
    const gone = await this.#lookAtLocks();
    // If these finished or failed, a notification got lost.
    const finished = gone.length === 0 ? NONE : await this.#backend.has(gone);
    const unfinished: Hash[] = [];
    for (const hash of gone) {
      if (finished.has(hash)) this.#setFinished(hash, true);
      else unfinished.push(hash);
    }
    const failures = unfinished.length === 0 ? [] : await this.#backend.loadFailures(unfinished);
    for (const [i, hash] of unfinished.entries()) {
      if (failures[i] === undefined) continue;
      this.#states.setFailed(hash, true);
      this.#failures.add(hash);
    }
    await this.#note();
  }

  /** Returns the tasks that were running at the last look and are not running any more, nor finished as far as known. */
  async #lookAtLocks(): Promise<Hash[]> {
    const processes = await processesById(this.#backend);
    this.#joined = processes;
    this.#holders = (await listHolders(this.#backend, processes)).filter(({ state }) => state !== "dead");
    const owners = new Set(this.#holders.map(({ owner }) => owner));
    let since: number | undefined;
    for (const { id, state, started } of processes.values()) {
      if (state === "alive" || state === "unknown" && owners.has(id)) owners.add(id);
      else if (!owners.has(id)) continue;
      if (started !== undefined) since = Math.min(since ?? Infinity, started);
    }
    this.#processes = owners.size;
    this.#since = since;
    return this.#states.setRunning(new Set(this.#holders.map(({ hash }) => hash)));
  }

  /** Looks at everything now. */
  async lookAtAll(): Promise<void> {
    const begun = this.#clock();
    await this.#lookAtLocks();
    const failed = new Map<Hash, string>();
    for await (const failures of this.#backend.listFailures()) {
      for (const { hash, token } of failures) if (this.#states.has(hash)) failed.set(hash, token);
    }
    // Results last: a task that finishes meanwhile then counts as finished.
    const { hashes } = this.#states;
    for (let at = 0; at < hashes.length; at += PORTION) {
      const asked = hashes.slice(at, at + PORTION);
      const finished = await this.#backend.has(asked);
      for (const hash of asked) {
        const isFinished = finished.has(hash);
        this.#setFinished(hash, isFinished);
        this.#states.setFailed(hash, !isFinished && failed.has(hash));
      }
    }
    this.#failures.adopt(failed);
    const durations = await listDurations(this.#backend);
    this.#means = new Map(
      durations.map(({ name, total, count }) => [name, Math.max(LEAST_MS, total / Math.max(1, count))]),
    );
    const took = this.#clock() - begun;
    this.#nextFull = this.#clock() + Math.max(FULL_MS, FULL_SHARE * took);
    await this.#note();
  }

  async #note(): Promise<void> {
    this.#estimate.note(this.#clock(), this.#states.done, this.#means);
    await this.#failures.load();
  }

  #setFinished(hash: Hash, isFinished: boolean): void {
    if (this.#states.setFinished(hash, isFinished)) this.#changed[isFinished ? "finished" : "lost"].push(hash);
  }

  /** Returns which results appeared and which disappeared since the last call. */
  takeResultChanges(): ResultChanges {
    const changed = this.#changed;
    this.#changed = { finished: [], lost: [] };
    return changed;
  }

  /** The processes that have joined, by their ids, as of the last look. */
  get processes(): ReadonlyMap<string, ProcessEntry> {
    return this.#joined;
  }

  /** Returns the state of a task; `undefined` if it is not followed. */
  stateOf(hash: Hash): TaskState | undefined {
    return this.#states.state(hash);
  }

  /** Whether every task is finished. */
  get areAllFinished(): boolean {
    return this.#states.names().every((name) => unfinishedOf(name) + name.failed === 0);
  }

  /** Returns what is known now. */
  view(): WatchView {
    const names = this.#states.names();
    const total = { waiting: 0, ready: 0, running: 0, finished: 0, failed: 0 };
    for (const name of names) {
      total.waiting += name.waiting;
      total.ready += name.ready;
      total.running += name.running;
      total.finished += name.finished;
      total.failed += name.failed;
    }
    const held = this.#holders.filter(({ hash }) => this.#states.state(hash) === "running");
    const running = held.filter(({ isQueued }) => !isQueued);
    return {
      names,
      total,
      running,
      queued: held.length - running.length,
      failures: this.#failures.latest((hash) => this.#states.state(hash) === "failed"),
      processes: this.#processes,
      since: this.#since,
      perSecond: this.#estimate.perSecond,
      left: this.#estimate.left({
        tasks: new Map(names.map((name) => [name.name, unfinishedOf(name)])),
        means: this.#means,
        running: Math.max(running.length, Math.min(1, this.#processes)),
      }),
    };
  }
}

const NONE: ReadonlySet<Hash> = new Set();

/** How many tasks are neither finished nor failed. */
function unfinishedOf({ waiting, ready, running }: NameStates): number {
  return waiting + ready + running;
}
