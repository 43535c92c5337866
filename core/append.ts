/**
 * Appending one list to another, however long.
 *
 * @module
 */

/** Appends `items` to `target`. `target.push(...items)` would overflow the stack from some hundred thousand items on. */
export function append<T>(target: T[], items: Iterable<T>): void {
  for (const item of items) target.push(item);
}
