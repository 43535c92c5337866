/**
 * How far a worker is with its batch of claimed tasks, in memory that it shares with the coordinator. A synchronous
 * task that takes long blocks the worker's thread. Then the coordinator takes the tasks that have not begun, and
 * releases them, so that others can run them.
 *
 * The cell holds the number of the batch and how many of its tasks have begun, or that the rest was taken. Both sides
 * change it by compare-and-exchange only, so each task is either begun or taken.
 *
 * @module
 */

/** A cell in shared memory. */
export type BatchCell = Int32Array<SharedArrayBuffer>;

/** The bits of the number of tasks that have begun. */
const BEGUN_BITS = 12;
/** A batch has fewer tasks than this. */
export const MOST_BEGUN = 2 ** BEGUN_BITS - 1;
/** Stands for the number of tasks that have begun: the rest was taken. */
const TAKEN = MOST_BEGUN;
const LAST_BATCH = 2 ** (31 - BEGUN_BITS) - 1;

/** Creates a cell. */
export function newBatchCell(): BatchCell {
  return new Int32Array(new SharedArrayBuffer(4));
}

/** The batch of a worker, as the worker sees it. */
export class OwnBatch {
  readonly #cell: BatchCell;
  #number = 0;
  #begun = 0;

  constructor(cell: BatchCell) {
    this.#cell = cell;
  }

  /** Begins a new batch. Returns its number. */
  open(): number {
    this.#number = this.#number % LAST_BATCH + 1;
    this.#begun = 0;
    Atomics.store(this.#cell, 0, this.#number << BEGUN_BITS);
    return this.#number;
  }

  /** Begins the next task. Returns false if it was taken, and all after it. */
  begin(): boolean {
    const before = this.#number << BEGUN_BITS | this.#begun;
    if (Atomics.compareExchange(this.#cell, 0, before, before + 1) !== before) return false;
    this.#begun++;
    return true;
  }

  /** Ends the batch: nothing can be taken from it any more. Returns whether the rest had been taken. */
  close(): boolean {
    const before = this.#number << BEGUN_BITS | this.#begun;
    return Atomics.compareExchange(this.#cell, 0, before, 0) !== before;
  }
}

/** A batch, as it was seen at one moment. */
export interface BatchSight {
  readonly number: number;
  /** How many of its tasks have begun. */
  readonly begun: number;
}

/** Looks at a worker's batch. `undefined` if there is none, or its rest was taken. */
export function lookAtBatch(cell: BatchCell): BatchSight | undefined {
  const value = Atomics.load(cell, 0);
  const [number, begun] = [value >> BEGUN_BITS, value & MOST_BEGUN];
  return number === 0 || begun === TAKEN ? undefined : { number, begun };
}

/** Takes the tasks of a batch that have not begun. Returns false if another one has begun since `sight`. */
export function takeRest(cell: BatchCell, { number, begun }: BatchSight): boolean {
  const before = number << BEGUN_BITS | begun;
  return Atomics.compareExchange(cell, 0, before, number << BEGUN_BITS | TAKEN) === before;
}
