/**
 * Choices made by a seeded stream of random numbers.
 *
 * @module
 */

/** Random numbers from 0 to 1. */
export type Random = () => number;

/** A whole number from `low` to `high`, both included. */
export function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

/** One of `choices`. */
export function pick<T>(random: Random, choices: readonly [T, ...T[]]): T {
  return choices[Math.floor(random() * choices.length)] ?? choices[0];
}

/** Whether something of this probability happens. */
export function chance(random: Random, probability: number): boolean {
  return random() < probability;
}
