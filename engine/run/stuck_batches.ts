/**
 * Notices that a worker is stuck in a task, and takes the tasks from it that it has claimed but not begun.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import { type BatchCell, type BatchSight, lookAtBatch, takeRest } from "../limits/shared_batch.ts";

/** How long a task may run before the rest of its batch is taken, in milliseconds. */
const LONG_MS = 200;

interface Batch {
  readonly cell: BatchCell;
  readonly number: number;
  readonly hashes: readonly Hash[];
  /** What was seen last, and when it was seen first. */
  sight: BatchSight | undefined;
  since: number;
}

/** Watches the batches of all workers. */
export class StuckBatches {
  readonly #onTaken: (worker: number, hashes: readonly Hash[]) => void;
  readonly #now: () => number;
  readonly #batches = new Map<number, Batch>();
  #timer: ReturnType<typeof setInterval> | undefined;

  /** `onTaken`: called with the tasks that were taken from a worker: it does not begin them, but their locks are held. */
  constructor(onTaken: (worker: number, hashes: readonly Hash[]) => void, now: () => number) {
    this.#onTaken = onTaken;
    this.#now = now;
  }

  /** A worker has begun a batch. */
  begin(worker: number, cell: BatchCell, number: number, hashes: readonly Hash[]): void {
    this.#batches.set(worker, { cell, number, hashes, sight: undefined, since: this.#now() });
    this.#timer ??= setInterval(() => this.#look(), LONG_MS / 4);
  }

  /** A worker has ended or is lost. */
  forget(worker: number): void {
    this.#batches.delete(worker);
    if (this.#batches.size === 0) this.end();
  }

  /** Takes all tasks that have not begun, of all workers. */
  takeAll(): void {
    for (const [worker, batch] of this.#batches) {
      const sight = lookAtBatch(batch.cell);
      if (sight?.number === batch.number) this.#take(worker, batch, sight);
    }
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#batches.clear();
  }

  #look(): void {
    for (const [worker, batch] of this.#batches) {
      const sight = lookAtBatch(batch.cell);
      // There is a later batch, and the message about it has not arrived. Or this one is over.
      if (sight?.number !== batch.number) this.forget(worker);
      else if (sight.begun !== batch.sight?.begun) {
        batch.sight = sight;
        batch.since = this.#now();
      } else if (sight.begun > 0 && this.#now() - batch.since >= LONG_MS) this.#take(worker, batch, sight);
    }
  }

  /** Takes the tasks that have not begun, unless another one has begun since `sight`. */
  #take(worker: number, { cell, hashes }: Batch, sight: BatchSight): void {
    if (!takeRest(cell, sight)) return;
    this.forget(worker);
    const rest = hashes.slice(sight.begun);
    if (rest.length > 0) this.#onTaken(worker, rest);
  }
}
