/**
 * A bug to be planted in a copy of the sources, so that the simulator can show that it finds it.
 *
 * @module
 */

/** A bug. */
export interface PlantedBug {
  /** What is wrong, in a few words. */
  readonly title: string;
  /** The source file, from the project's root. */
  readonly file: string;
  /** What stands there, exactly once. */
  readonly text: string;
  /** What stands there instead. */
  readonly by: string;
}
