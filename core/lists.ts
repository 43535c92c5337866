/**
 * Helpers for long lists.
 *
 * @module
 */

/** Appends `items` to `target`. (`target.push(...items)` overflows the stack at some hundred thousand items.) */
export function append<T>(target: T[], items: Iterable<T>): void {
  for (const item of items) target.push(item);
}

/** Cuts `items` into batches of at most `size`. */
export function* batches<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/** Returns the sum of `numbers`. */
export function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}
