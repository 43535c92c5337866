/**
 * The numbers of passed, failed and skipped tests, read from the summary line of `deno test`.
 *
 * @module
 */

/** Numbers of tests. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** No tests. */
export const NONE: Counts = { passed: 0, failed: 0, skipped: 0 };

/** Adds two counts. */
export function sum(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** Returns the last line of a test run's output, which `.ci/run` reads. */
export function countsLine({ passed, failed, skipped }: Counts): string {
  return `tests: ${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * Returns the counts of the last line like `ok | 12 passed (3 steps) | 0 failed | 1 ignored (5s)`. Tests may print such
 * lines too, so earlier ones do not count. Undefined if there is none.
 */
export function countsIn(output: string): Counts | undefined {
  const line = output.split("\n").findLast((text) => /^(ok|FAILED) \| \d+ passed\b/.test(text));
  if (line === undefined) return undefined;
  const number = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
  return { passed: number("passed"), failed: number("failed"), skipped: number("ignored") };
}
