/**
 * Decides how many tasks to claim at a time: as many short ones as are worth one call, but long ones one by one, so
 * that no worker holds tasks that another could run.
 *
 * @module
 */

/** The work in one batch, in milliseconds. */
const BATCH_MS = 20;
/** The weight of the newest duration in the running mean. */
const WEIGHT = 0.2;

/** Learns how long the tasks of each name take. */
export class BatchSizes {
  /** The most tasks in a batch. */
  readonly limit: number;
  readonly #means = new Map<string, number>();
  #sum = 0;
  #count = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Begins a new batch. */
  begin(): void {
    this.#sum = 0;
    this.#count = 0;
  }

  /** Whether a task of this name still fits into the batch. */
  fits(name: string): boolean {
    return this.limit === 1 || this.#count === 0 || this.#sum + this.#estimate(name) <= BATCH_MS;
  }

  /** Adds a task of this name to the batch. */
  add(name: string): void {
    this.#sum += this.#estimate(name);
    this.#count++;
  }

  /** Adds a task of this name if it fits. Returns whether it did. */
  addIfFits(name: string): boolean {
    if (!this.fits(name)) return false;
    this.add(name);
    return true;
  }

  /** A task of a name that has never run may be a long one. */
  #estimate(name: string): number {
    return this.#means.get(name) ?? BATCH_MS;
  }

  /** Records that a task of this name took `ms` milliseconds. */
  learn(name: string, ms: number): void {
    if (this.limit === 1) return;
    const mean = this.#means.get(name);
    this.#means.set(name, mean === undefined ? ms : mean + WEIGHT * (ms - mean));
  }
}
