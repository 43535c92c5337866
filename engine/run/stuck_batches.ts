/**
 * Notices that a worker is stuck in a task, and takes the tasks from it that it has claimed but not begun.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import { type BatchSight, lookAtBatch, type SharedBatch, takeRest } from "../limits/shared_batch.ts";

/** How long a task may run before the rest of its batch is taken, in milliseconds. */
const LONG_MS = 200;
/** How often the batches are looked at, in milliseconds. */
const LOOK_MS = LONG_MS / 2;

interface Watched {
  readonly shared: SharedBatch;
  /** What was seen last, and when it was seen first. */
  sight: BatchSight | undefined;
  since: number;
}

/** Watches the batches of all workers. */
export class StuckBatches {
  readonly #onTaken: (worker: number, hashes: readonly Hash[]) => void;
  readonly #now: () => number;
  readonly #workers = new Map<number, Watched>();
  #timer: ReturnType<typeof setInterval> | undefined;

  /** `onTaken`: called with the tasks that were taken from a worker: it does not begin them, but their locks are held. */
  constructor(onTaken: (worker: number, hashes: readonly Hash[]) => void, now: () => number) {
    this.#onTaken = onTaken;
    this.#now = now;
  }

  /** Watches the batches of a worker from now on. */
  watch(worker: number, shared: SharedBatch): void {
    this.#workers.set(worker, { shared, sight: undefined, since: this.#now() });
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS);
  }

  /** A worker has ended or is lost. */
  forget(worker: number): void {
    this.#workers.delete(worker);
    if (this.#workers.size === 0) this.end();
  }

  /** Takes all tasks that have not begun, of all workers. */
  takeAll(): void {
    for (const [worker, { shared }] of this.#workers) this.#take(worker, shared, lookAtBatch(shared));
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#workers.clear();
  }

  #look(): void {
    for (const [worker, watched] of this.#workers) {
      const sight = lookAtBatch(watched.shared);
      if (sight?.number !== watched.sight?.number || sight?.begun !== watched.sight?.begun) {
        watched.sight = sight;
        watched.since = this.#now();
      } else if (sight !== undefined && sight.begun > 0 && this.#now() - watched.since >= LONG_MS) {
        this.#take(worker, watched.shared, sight);
      }
    }
  }

  /** Takes the tasks that have not begun, unless another one has begun since `sight`. */
  #take(worker: number, shared: SharedBatch, sight: BatchSight | undefined): void {
    const taken = sight === undefined ? [] : takeRest(shared, sight);
    if (taken.length > 0) this.#onTaken(worker, taken);
  }
}
