/**
 * The frame in which the function of a compound task declares tasks.
 *
 * @module
 */
import type { Hash } from "../brand.ts";

/**
 * One call of a compound task's function, which declares tasks. The call may continue after the module was loaded. A
 * barrier in it must not wait for the compound task itself, nor for tasks declared after the compound task.
 */
export interface Frame {
  /** The frame in which the compound task was declared, if any. */
  readonly parent: Frame | undefined;
  /** The number of tasks that `parent`, or else the session, declared before the compound task. */
  readonly before: number;
  /** The tasks that the function declared, in this order. A task declared twice is listed twice. */
  readonly declared: Hash[];
  /** Whether the function has ended. */
  isOver: boolean;
}
