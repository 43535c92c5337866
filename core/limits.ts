/**
 * What the runtime can hold no more of. Both are silently turned into something else beyond it.
 *
 * @module
 */

/** The longest that a timer can wait, in milliseconds: almost 25 days. One that is told to wait longer ends at once. */
export const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** The most that there can be of a resource: threads share the amounts as integers of 32 bits. */
export const MOST_OF_A_RESOURCE = 2 ** 31 - 1;

/** The default lease, in milliseconds. */
export const DEFAULT_LEASE_MS = 30_000;

/** How long a worker waits by default for tasks that others hold, in milliseconds. */
export const DEFAULT_WAIT_LIMIT_MS = 1_800_000;
