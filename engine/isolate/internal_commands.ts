/**
 * The command-line words that start an internal process of jug. Users do not type them.
 *
 * @module
 */

/** The first argument of a worker's process. The second is the mark of its messages. */
export const ISOLATED_WORKER = "isolated-worker";

/** The first argument of the process in which `jug shell` evaluates input. */
export const SHELL_EVALUATOR = "shell-evaluator";
