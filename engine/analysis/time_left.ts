/**
 * Estimates how long a computation will still take, from what finishes and from how long tasks of each function took.
 *
 * @module
 */
import { Rate } from "../progress/throughput.ts";

/** An estimate of the time left. */
export type TimeLeft =
  /** `isLeast`: nothing is known of some of the remaining tasks */
  | { readonly kind: "known"; readonly ms: number; readonly isLeast: boolean }
  | { readonly kind: "unknown" };

/** What an estimate is made from. */
export interface Remaining {
  /** How many tasks of each name remain. */
  readonly tasks: ReadonlyMap<string, number>;
  /** The mean duration of the tasks of each name, as far as known, in milliseconds. */
  readonly means: ReadonlyMap<string, number>;
  /** How many tasks are running. */
  readonly running: number;
}

/**
 * Estimates the time left. A task counts as much as tasks of its name usually take, so many short tasks that finish say
 * little about a few long ones.
 */
export class TimeLeftEstimate {
  readonly #tasks = new Rate();
  /** How fast work is done: milliseconds of tasks in a second. */
  readonly #work = new Rate();
  #workDone = 0;
  #before: ReadonlyMap<string, number> = new Map();

  /**
   * Records how many tasks of each name have finished since the beginning.
   *
   * @param now Milliseconds of a clock that is never set back
   */
  note(now: number, done: ReadonlyMap<string, number>, means: Remaining["means"]): void {
    let count = 0;
    for (const [name, finished] of done) {
      count += finished;
      this.#workDone += (finished - (this.#before.get(name) ?? 0)) * (means.get(name) ?? 0);
    }
    this.#before = new Map(done);
    this.#tasks.note(now, count);
    this.#work.note(now, this.#workDone);
  }

  /** How many tasks finish in a second; `undefined` while unknown. */
  get perSecond(): number | undefined {
    return this.#tasks.perSecond;
  }

  /** Returns the estimate. If nothing runs, nothing is known. */
  left({ tasks, means, running }: Remaining): TimeLeft {
    if (running === 0) return { kind: "unknown" };
    let work = 0;
    let count = 0;
    let known = 0;
    for (const [name, remaining] of tasks) {
      count += remaining;
      const mean = means.get(name);
      if (mean === undefined) continue;
      work += remaining * mean;
      known += remaining;
    }
    if (count === 0) return { kind: "known", ms: 0, isLeast: false };
    const { perSecond } = this;
    // A backend that keeps no durations: all tasks count the same.
    if (means.size === 0 && perSecond !== undefined) {
      return { kind: "known", ms: 1000 * count / perSecond, isLeast: false };
    }
    if (known === 0) return { kind: "unknown" };
    const workPerSecond = this.#work.perSecond ?? 1000 * running;
    return { kind: "known", ms: 1000 * work / workPerSecond, isLeast: known < count };
  }
}
