/**
 * The word with which the scripts of `jug completions` call jug.
 *
 * @module
 */

/** Stands in the place of a subcommand. */
export const COMPLETE = "__complete";
