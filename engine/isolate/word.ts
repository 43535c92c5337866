/**
 * The word by which the command line becomes a worker's process. No user gives it.
 *
 * @module
 */

/** The first argument of such a process; the second is the mark of its messages. */
export const ISOLATED_WORKER = "isolated-worker";
