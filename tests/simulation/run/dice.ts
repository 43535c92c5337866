/**
 * Random choices from a seeded stream of numbers.
 *
 * @module
 */

/** Returns the next random number, at least 0 and less than 1. */
export type Random = () => number;

/** Returns a whole number from `low` to `high`, both included. */
export function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

/** Returns one of `choices`. */
export function pick<T>(random: Random, choices: readonly [T, ...T[]]): T {
  return choices[Math.floor(random() * choices.length)] ?? choices[0];
}

/** Returns true with this probability. */
export function chance(random: Random, probability: number): boolean {
  return random() < probability;
}
