/**
 * The setup of the connection between the coordinator and a worker in its own process.
 *
 * @module
 */

/** The first message to the thread of a worker in its own process. */
export interface LinkSetup {
  /** The mark that begins each message on stdout. */
  readonly mark: string;
  /** Where the main thread of the worker's process stores the coordinator's answers. */
  readonly answers: SharedArrayBuffer;
  /** The total amount of each resource, by name. */
  readonly resources: Readonly<Record<string, number>>;
  /** See `ResourcePool`; in milliseconds since 1970. */
  readonly epoch: number;
  /** Whether the number of tasks is limited. */
  readonly hasTaskLimit: boolean;
  /** Whether the thread has its own memory limit. */
  readonly isLimited: boolean;
}
