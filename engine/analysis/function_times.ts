/**
 * How long the runs of each function took.
 *
 * @module
 */
import { durationAt, RUN_KINDS, type RunColumns } from "./run_columns.ts";

/** What is known of the runs of one function. Times are in milliseconds, and count only runs that gave a result. */
export interface FunctionTimes {
  readonly name: string;
  /** How many runs gave a result. */
  readonly count: number;
  /** How many of its tasks failed last. */
  readonly failed: number;
  readonly total: number;
  /** `undefined` if no run gave a result. */
  readonly spread: Spread | undefined;
}

/** How durations are spread, in milliseconds. */
export interface Spread {
  readonly mean: number;
  readonly median: number;
  /** The 95th percentile. */
  readonly p95: number;
  readonly longest: number;
  /** The row of the run that took longest. */
  readonly longestRow: number;
}

const RESULT = RUN_KINDS.indexOf("result");
const FAILURE = RUN_KINDS.indexOf("failure");

/** Returns the durations of each function's runs that gave a result, sorted, in the order of `columns.names`. */
export function sortedDurations(columns: RunColumns): readonly Float64Array[] {
  const { count, name, kind, names } = columns;
  const next = new Uint32Array(names.length + 1);
  for (let row = 0; row < count; row++) {
    if (kind[row] === RESULT) next[(name[row] ?? 0) + 1] = (next[(name[row] ?? 0) + 1] ?? 0) + 1;
  }
  for (let i = 1; i < next.length; i++) next[i] = (next[i] ?? 0) + (next[i - 1] ?? 0);
  const begins = next.slice();
  const durations = new Float64Array(begins.at(-1) ?? 0);
  for (let row = 0; row < count; row++) {
    if (kind[row] !== RESULT) continue;
    const of = name[row] ?? 0;
    const at = next[of] ?? 0;
    durations[at] = durationAt(columns, row);
    next[of] = at + 1;
  }
  return names.map((_, of) => durations.subarray(begins[of], begins[of + 1]).sort());
}

/** Returns the times of each function, those with the largest total first. */
export function functionTimes(columns: RunColumns): readonly FunctionTimes[] {
  const { count, name, kind, names } = columns;
  const failed = new Uint32Array(names.length);
  const longestRow = new Int32Array(names.length).fill(-1);
  for (let row = 0; row < count; row++) {
    const of = name[row] ?? 0;
    if (kind[row] === FAILURE) failed[of] = (failed[of] ?? 0) + 1;
    if (kind[row] !== RESULT) continue;
    const known = longestRow[of] ?? -1;
    if (known < 0 || durationAt(columns, row) > durationAt(columns, known)) longestRow[of] = row;
  }
  return sortedDurations(columns).map((durations, of): FunctionTimes => {
    const total = durations.reduce((sum, duration) => sum + duration, 0);
    const spread = durations.length === 0 ? undefined : {
      mean: total / durations.length,
      median: quantile(durations, 0.5),
      p95: quantile(durations, 0.95),
      longest: durations.at(-1) ?? 0,
      longestRow: longestRow[of] ?? -1,
    };
    return { name: names[of] ?? "", count: durations.length, failed: failed[of] ?? 0, total, spread };
  }).toSorted((a, b) => b.total - a.total || b.count - a.count);
}

/**
 * Returns a quantile of sorted numbers, of which there is at least one: interpolated between neighbours, as NumPy and R
 * do by default.
 *
 * @param share Between 0 and 1
 */
export function quantile(sorted: Float64Array, share: number): number {
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const low = sorted[below] ?? 0;
  return low + ((sorted[below + 1] ?? low) - low) * (position - below);
}
