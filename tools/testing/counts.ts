/**
 * How many tests passed, failed and were skipped, as `deno test` says itself.
 *
 * @module
 */

/** Numbers of tests. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Nothing yet. */
export const NONE: Counts = { passed: 0, failed: 0, skipped: 0 };

/** Both together. */
export function sum(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** The line that a run ends with, which `.ci/run` reads. */
export function countsLine({ passed, failed, skipped }: Counts): string {
  return `tests: ${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** Finds the last line like `ok | 12 passed (3 steps) | 0 failed | 1 ignored (5s)`; what tests print may hold others. */
export function countsIn(output: string): Counts | undefined {
  const line = output.split("\n").findLast((text) => /^(ok|FAILED) \| \d+ passed\b/.test(text));
  if (line === undefined) return undefined;
  const number = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
  return { passed: number("passed"), failed: number("failed"), skipped: number("ignored") };
}
