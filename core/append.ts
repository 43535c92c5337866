/**
 * Appends lists of any length.
 *
 * @module
 */

/** Appends `items` to `target`. (`target.push(...items)` overflows the stack at some hundred thousand items.) */
export function append<T>(target: T[], items: Iterable<T>): void {
  for (const item of items) target.push(item);
}
