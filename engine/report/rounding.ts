/**
 * Shortens numbers, which are many, to the digits that a reader can see.
 *
 * @module
 */

/** Returns a number with at most four significant digits; whole numbers beyond that keep theirs. */
export function rounded(value: number): number {
  if (!Number.isFinite(value)) return 0;
  const whole = Math.round(value);
  // Sums of fractions are not exact.
  if (Math.abs(value - whole) < 1e-6) return whole;
  return Math.abs(value) >= 1000 ? whole : Number(value.toPrecision(4));
}

/** Returns milliseconds without digits beyond microseconds. */
export function roundedTime(ms: number): number {
  return Number.isFinite(ms) ? Math.round(ms * 1000) / 1000 : 0;
}
