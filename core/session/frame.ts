/**
 * The function of a compound task, while it declares tasks.
 *
 * @module
 */
import type { Hash } from "../brand.ts";

/**
 * The function of a compound task at its work of declaring tasks. It may go on after the module was loaded, and a barrier in
 * it must not wait for the compound task itself, nor for what was declared after it.
 */
export interface Frame {
  /** The compound task around this one. */
  readonly parent: Frame | undefined;
  /** How many tasks of the session, or of `parent`, were declared before it. */
  readonly before: number;
  /** What it declared. */
  readonly declared: Hash[];
  /** Whether its function is over. */
  isOver: boolean;
}
