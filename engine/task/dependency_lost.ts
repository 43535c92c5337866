/**
 * What ends a task whose dependency turned out to have no result any more: no failure of its own, so it waits again.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";

/** A result that was seen to be there is gone or damaged. */
export class DependencyLost extends Error {
  constructor(readonly hash: Hash) {
    super("a dependency's result is gone");
  }
}
