/**
 * What all rounds have in common.
 *
 * @module
 */

/** Where Python and its jug are. */
export interface PythonJug {
  /** The folder that holds the package `jug`. */
  readonly home: string;
  /** The Python interpreter. */
  readonly interpreter: string;
}

/** Where and with what the rounds measure. */
export interface Setting {
  /** The folder that the rounds work in. */
  readonly base: string;
  /** A folder on a disk: what is synced there outlives a power cut. Undefined if none is known. */
  readonly disk: string | undefined;
  /** Python's jug, if it is to be measured too. */
  readonly python: PythonJug | undefined;
  /** Ends all processes when it aborts. */
  readonly signal: AbortSignal;
}
