/**
 * What a task of a millisecond computes.
 *
 * @module
 */

/** Computes for about a millisecond: a fixed amount, so that whatever else uses the processor shows in the time. */
export function millisecond(seed: number): number {
  let x = seed + 1;
  for (let i = 0; i < 800_000; i++) x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  return x;
}
