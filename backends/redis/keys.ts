/**
 * The names of the keys of one jugdir. All of them have the same hash tag, so that in a cluster they are on one node
 * and a script may access several of them.
 *
 * @module
 */

/** The keys of one jugdir. */
export interface Keys {
  /** A string: the version of the stored format. */
  readonly format: string;
  /** A hash: the stored value of each result (see `stored_value.ts`), by the task's hash. */
  readonly results: string;
  /** A hash: the token of each lock, by the task's hash. */
  readonly locks: string;
  /** A hash: the token of the lock that each failure happened under, by the task's hash. */
  readonly failures: string;
  /**
   * A hash: the bytes of each failure, by the task's hash. Separate, so that listing failures does not transfer them.
   */
  readonly reports: string;
  /** A hash: what is known of the run that led to each result or failure (see `runs.ts`), by the task's hash. */
  readonly runs: string;
  /** A hash: what is known of each process that joined (see `processes.ts`), by the owner's id. */
  readonly processes: string;
  /** A hash: sums of the durations of runs (see `durations.ts`). */
  readonly durations: string;
  /** A stream of recent changes. Also the name of the channel that wakes waiting processes. */
  readonly changes: string;
  /** A hash: the texts of functions that computed results, by their ids. */
  readonly codes: string;
  /** The prefix of the owners' keys. An owner is alive as long as its key exists. */
  readonly owners: string;
  /** The prefix of the keys of parts of large results. */
  readonly parts: string;
}

/** Returns the keys for a prefix. */
export function keysOf(prefix: string): Keys {
  const base = `jug:{${prefix}}:`;
  return {
    format: `${base}format`,
    results: `${base}results`,
    locks: `${base}locks`,
    failures: `${base}failures`,
    reports: `${base}reports`,
    runs: `${base}runs`,
    processes: `${base}processes`,
    durations: `${base}durations`,
    changes: `${base}changes`,
    codes: `${base}codes`,
    owners: `${base}owner:`,
    parts: `${base}part:`,
  };
}
