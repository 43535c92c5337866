/**
 * The form of a bug that is planted in a copy of the sources, to show that the simulator finds it.
 *
 * @module
 */

/** A bug to plant. */
export interface PlantedBug {
  /** A short description. */
  readonly title: string;
  /** The source file, relative to the project's root. */
  readonly file: string;
  /** The text to replace. It must occur exactly once. */
  readonly text: string;
  /** The replacement. */
  readonly by: string;
}
