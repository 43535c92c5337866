/**
 * How far a worker is with its batch of claimed tasks, in memory that it shares with the coordinator. A synchronous
 * task that takes long blocks the worker's thread. Then the coordinator takes the tasks that have not begun, and
 * releases them, so that others can run them.
 *
 * The memory holds the number of the batch and how many of its tasks have begun, or that the rest was taken; then the
 * number of tasks and their hashes. Both sides change the first word by compare-and-exchange only, so each task is
 * either begun or taken. No message is sent for a batch, because that would cost as much as a tenth of a short task.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import { HASH_BYTES, readHash, writeHash } from "../../core/hash_table.ts";

/** The memory of one worker's batch. */
export type SharedBatch = Int32Array<SharedArrayBuffer>;

/** The bits of the number of tasks that have begun. */
const BEGUN_BITS = 12;
/** A batch has fewer tasks than this. */
export const MOST_BEGUN = 2 ** BEGUN_BITS - 1;
/** Stands for the number of tasks that have begun: the rest was taken. */
const TAKEN = MOST_BEGUN;
const LAST_BATCH = 2 ** (31 - BEGUN_BITS) - 1;

/** Where the words and the hashes are. */
const STATE = 0;
const COUNT = 1;
const FIRST_HASH = 2 * Int32Array.BYTES_PER_ELEMENT;

/** Allocates the memory: 80 kB. */
export function newSharedBatch(): SharedBatch {
  return new Int32Array(new SharedArrayBuffer(FIRST_HASH + MOST_BEGUN * HASH_BYTES));
}

function hashBytes(shared: SharedBatch): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(shared.buffer, FIRST_HASH);
}

/** The batch of a worker, as the worker sees it. */
export class OwnBatch {
  readonly #shared: SharedBatch;
  readonly #hashes: Uint8Array<SharedArrayBuffer>;
  #number = 0;
  #begun = 0;

  constructor(shared: SharedBatch) {
    this.#shared = shared;
    this.#hashes = hashBytes(shared);
  }

  /** Begins a new batch of these tasks. Returns its number. The one before must be closed. */
  open(tasks: readonly { readonly hash: Hash }[]): number {
    this.#number = this.#number % LAST_BATCH + 1;
    this.#begun = 0;
    let at = 0;
    for (const { hash } of tasks) {
      writeHash(hash, this.#hashes, at);
      at += HASH_BYTES;
    }
    this.#shared[COUNT] = tasks.length;
    Atomics.store(this.#shared, STATE, this.#number << BEGUN_BITS);
    return this.#number;
  }

  /** Begins the next task. Returns false if it was taken, and all after it. */
  begin(): boolean {
    const before = this.#number << BEGUN_BITS | this.#begun;
    if (Atomics.compareExchange(this.#shared, STATE, before, before + 1) !== before) return false;
    this.#begun++;
    return true;
  }

  /** Ends the batch: nothing can be taken from it any more. Returns whether the rest had been taken. */
  close(): boolean {
    const before = this.#number << BEGUN_BITS | this.#begun;
    return Atomics.compareExchange(this.#shared, STATE, before, 0) !== before;
  }
}

/** A batch, as it was seen at one moment. */
export interface BatchSight {
  readonly number: number;
  /** How many of its tasks have begun. */
  readonly begun: number;
}

/** Looks at a worker's batch. `undefined` if there is none, or its rest was taken. */
export function lookAtBatch(shared: SharedBatch): BatchSight | undefined {
  const value = Atomics.load(shared, STATE);
  const [number, begun] = [value >> BEGUN_BITS, value & MOST_BEGUN];
  return number === 0 || begun === TAKEN ? undefined : { number, begun };
}

/**
 * Takes the tasks of a batch that have not begun. Returns none if all have begun, or another one has begun since
 * `sight`.
 */
export function takeRest(shared: SharedBatch, { number, begun }: BatchSight): readonly Hash[] {
  // Read before the exchange, because the worker may begin another batch at once after it. If it has done so already,
  // what is read is worthless, and the exchange fails.
  const bytes = hashBytes(shared);
  const rest: Hash[] = [];
  for (let i = begun; i < Math.min(shared[COUNT] ?? 0, MOST_BEGUN); i++) rest.push(readHash(bytes, i * HASH_BYTES));
  if (rest.length === 0) return [];
  const before = number << BEGUN_BITS | begun;
  const isTaken = Atomics.compareExchange(shared, STATE, before, number << BEGUN_BITS | TAKEN) === before;
  return isTaken ? rest : [];
}
