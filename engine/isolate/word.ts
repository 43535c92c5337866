/**
 * The words by which the command line becomes a process of jug's own (no user gives them), and the status by which a
 * worker's process tells why it ended.
 *
 * @module
 */

/** The first argument of a worker's process; the second is the mark of its messages. */
export const ISOLATED_WORKER = "isolated-worker";

/** The same of the process in which `jug shell` has inputs evaluated. */
export const SHELL_EVALUATOR = "shell-evaluator";

/** The exit status of a worker's process where its thread took more memory than it was given. */
export const OUT_OF_MEMORY = 113;
