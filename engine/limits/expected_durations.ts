/**
 * How long tasks are expected to take: what their function declares, or else what its earlier tasks took.
 *
 * @module
 */
import type { DurationSummary } from "../../backends/backend.ts";
import { durationQuantile } from "../../backends/duration_classes.ts";

/** From so many tasks on, a percentile says more than the longest of them. */
const ENOUGH = 20;
/** The percentile: of twenty tasks, one takes longer. */
const PERCENTILE = 0.95;
/** Of few tasks, the next one may well be the longest, so that one is extended by a tenth. */
const MARGIN = 1.1;

/** Returns how long the tasks of a function are expected to take, in milliseconds; `undefined` if none was ever run. */
export function expectedDuration(summary: DurationSummary | undefined): number | undefined {
  if (summary === undefined || summary.count === 0) return undefined;
  return summary.count < ENOUGH ? MARGIN * summary.longest : durationQuantile(summary, PERCENTILE);
}

/** A running task, as far as its end can be foreseen. */
export interface RunningSince {
  /** When it began, in milliseconds. */
  readonly since: number;
  /** How long it takes by its own declaration, in milliseconds. */
  readonly declaredMs: number | undefined;
}

/**
 * Whether a running task is expected to end by `until`, on the clock of `since`. A task that has taken longer than
 * expected may end at any moment, and nothing is expected of a function of which nothing is known: both may.
 */
export function mayEndBy(
  { since, declaredMs }: RunningSince,
  until: number,
  summary: DurationSummary | undefined,
): boolean {
  const expected = declaredMs ?? expectedDuration(summary);
  return expected === undefined || since + expected <= until;
}
