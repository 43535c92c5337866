/**
 * The error that ends a task whose dependency has lost its result. The task has not failed; it waits again.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";

/** Thrown if a result that existed before is missing or damaged. */
export class DependencyLost extends Error {
  constructor(readonly hash: Hash) {
    super("a dependency's result is gone");
  }
}
