/**
 * A number with its noun.
 *
 * @module
 */

/** Returns `1 task`, `2 tasks`, `12,000 tasks`. `plural` is needed where the plural is not formed by an "s". */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? noun : plural}`;
}
