/**
 * Limits of the runtime, and defaults. The runtime does not refuse a number beyond a limit: it silently uses another one.
 *
 * @module
 */

/** The longest time that a timer can wait, in milliseconds: almost 25 days. A timer set to more fires at once. */
export const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** The largest amount of a resource: threads share the amounts as 32-bit integers. */
export const MOST_OF_A_RESOURCE = 2 ** 31 - 1;

/** The default lease, in milliseconds. */
export const DEFAULT_LEASE_MS = 30_000;

/** How long a worker waits by default for tasks that others hold, in milliseconds. */
export const DEFAULT_WAIT_LIMIT_MS = 1_800_000;
