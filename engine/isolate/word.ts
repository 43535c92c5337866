/**
 * The word by which the command line becomes a worker's process (no user gives it), and the status by which such a process
 * tells why it ended.
 *
 * @module
 */

/** The first argument of such a process; the second is the mark of its messages. */
export const ISOLATED_WORKER = "isolated-worker";

/** Its exit status where its thread took more memory than it was given. */
export const OUT_OF_MEMORY = 113;
