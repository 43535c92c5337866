/**
 * What the runtime can hold no more of. Both are silently turned into something else beyond it.
 *
 * @module
 */

/** The longest that a timer can wait, in milliseconds: almost 25 days. One that is told to wait longer ends at once. */
export const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** The most that there can be of a resource: threads share the amounts as integers of 32 bits. */
export const MOST_OF_A_RESOURCE = 2 ** 31 - 1;
