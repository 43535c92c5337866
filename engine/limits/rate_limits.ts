/**
 * Keeps the rate of each function: how many of its tasks the workers of one process begin per second.
 *
 * @module
 */
import { fnv1a } from "./name_hash.ts";
import { CELLS } from "./resource_pool.ts";
import type { SharedCounters } from "./shared_counters.ts";

/** The turns of one worker, among those of all workers of its process. */
export class RateLimits {
  readonly #epoch: number;
  readonly #counters: SharedCounters;
  readonly #now: () => number;
  /** When this worker last took a turn of each function, in microseconds since the epoch. */
  readonly #turns = new Map<string, number>();

  /**
   * @param epoch The time, on the clock `now`, from which the shared counters count.
   * @param now Returns the time in milliseconds.
   */
  constructor(epoch: number, counters: SharedCounters, now: () => number) {
    this.#epoch = epoch;
    this.#counters = counters;
    this.#now = now;
  }

  /** Takes the next turn of a function if it is due. Returns in how many milliseconds it is due, 0 if it was taken. */
  takeTurn(name: string, rate: number): number {
    const now = Math.round((this.#now() - this.#epoch) * 1000);
    const wait = this.#counters.takeTurn(cellOf(name), intervalOf(rate), now);
    if (wait === 0) this.#turns.set(name, now);
    return wait;
  }

  /** Gives back the last turn that this worker took of a function. */
  giveTurnBack(name: string, rate: number): void {
    const taken = this.#turns.get(name);
    if (taken === undefined) return;
    this.#turns.delete(name);
    this.#counters.giveTurnBack(cellOf(name), intervalOf(rate), taken);
  }
}

function cellOf(name: string): number {
  return fnv1a(name) % CELLS;
}

/** Returns the interval between two tasks, in microseconds. */
function intervalOf(rate: number): number {
  return Math.round(1_000_000 / rate);
}
