/**
 * The words by which the command line becomes a process of jug's own. No user gives them.
 *
 * @module
 */

/** The first argument of a worker's process; the second is the mark of its messages. */
export const ISOLATED_WORKER = "isolated-worker";

/** The same of the process in which `jug shell` has inputs evaluated. */
export const SHELL_EVALUATOR = "shell-evaluator";
