/**
 * Summaries of durations. A duration is counted in a class, and each class is wider than the one below it by the same
 * factor. So a summary is small, and a quantile that is read from it is at most 9 % too large.
 *
 * @module
 */
import type { DurationSummary } from "./backend.ts";

/** Eight classes for each doubling: 2^(1/8) is 1.09. */
const PER_DOUBLING = 8;
/** The highest class: 584 million years. */
const LAST = 512;

/** Returns the class of a duration, in milliseconds. All durations up to one millisecond are in class 0. */
export function durationClass(duration: number): number {
  if (!(duration > 1)) return 0;
  return Math.min(LAST, Math.ceil(PER_DOUBLING * Math.log2(duration)));
}

/** Returns the upper end of a class, in milliseconds. It belongs to the class. */
export function classEnd(durationClass: number): number {
  return 2 ** (durationClass / PER_DOUBLING);
}

/** Whether a number from outside is a class. */
export function isDurationClass(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= LAST;
}

/**
 * Returns the duration that this fraction of the runs did not exceed, in milliseconds: at most 9 % more than the exact
 * value, and never more than the longest. `undefined` if there are no runs.
 */
export function durationQuantile({ count, longest, classes }: DurationSummary, fraction: number): number | undefined {
  let rest = Math.ceil(count * fraction);
  if (count === 0) return undefined;
  for (const [durationClass, runs] of [...classes].toSorted(([a], [b]) => a - b)) {
    rest -= runs;
    if (rest <= 0) return Math.min(longest, classEnd(durationClass));
  }
  return longest;
}

interface Sum {
  count: number;
  total: number;
  longest: number;
  readonly classes: Map<number, number>;
}

/** Sums up durations of runs, by the names of their functions. */
export class DurationSums {
  readonly #sums = new Map<string, Sum>();

  /** Adds one run. A duration that is negative, because a clock was set back, counts as 0. */
  add(name: string, duration: number): void {
    const counted = duration > 0 ? duration : 0;
    const found = durationClass(counted);
    const sum = this.#sumOf(name);
    sum.count++;
    sum.total += counted;
    sum.longest = Math.max(sum.longest, counted);
    sum.classes.set(found, (sum.classes.get(found) ?? 0) + 1);
  }

  /** Adds the runs of a summary. */
  include({ name, count, total, longest, classes }: DurationSummary): void {
    const sum = this.#sumOf(name);
    sum.count += count;
    sum.total += total;
    sum.longest = Math.max(sum.longest, longest);
    for (const [found, runs] of classes) sum.classes.set(found, (sum.classes.get(found) ?? 0) + runs);
  }

  /** Returns the sums so far. They do not change when more runs are added. */
  summaries(): DurationSummary[] {
    return Array.from(this.#sums, ([name, sum]) => ({ name, ...sum, classes: new Map(sum.classes) }));
  }

  /** Returns the sums of one function, which change when more runs are added; `undefined` if it had none. */
  summaryOf(name: string): DurationSummary | undefined {
    const sum = this.#sums.get(name);
    return sum === undefined ? undefined : { name, ...sum };
  }

  #sumOf(name: string): Sum {
    let sum = this.#sums.get(name);
    if (sum === undefined) {
      sum = { count: 0, total: 0, longest: 0, classes: new Map() };
      this.#sums.set(name, sum);
    }
    return sum;
  }
}
