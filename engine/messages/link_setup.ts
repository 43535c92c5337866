/**
 * What a worker's thread is told first when its process is its own.
 *
 * @module
 */

/** What the thread is told first. */
export interface LinkSetup {
  /** Begins each message on stdout. */
  readonly mark: string;
  /** Where the process's main thread puts the answers of the coordinator. */
  readonly answers: SharedArrayBuffer;
  /** What this process has of each resource, by name. */
  readonly resources: Readonly<Record<string, number>>;
  /** Milliseconds since 1970, see `SharedLimits`. */
  readonly epoch: number;
  /** Whether the number of tasks is limited. */
  readonly hasTaskLimit: boolean;
  /** Whether the thread has a limit of memory of its own. */
  readonly isLimited: boolean;
}
