/**
 * The names of the keys of one jugdir. All carry one hash tag, so that in a cluster they live on one server and a script may
 * touch several of them.
 *
 * @module
 */

/** The keys of one jugdir. */
export interface Keys {
  /** A string: the version of the stored format. */
  readonly format: string;
  /** A hash: what is kept of each result (see `stored_value.ts`), by the task's hash. */
  readonly results: string;
  /** A hash: the token of each lock, by the task's hash. */
  readonly locks: string;
  /** A hash: the token of the lock that each failure happened under, by the task's hash. */
  readonly failures: string;
  /** A hash: the bytes of each failure, by the task's hash. Apart, so that listing failures does not carry them. */
  readonly reports: string;
  /** A stream of what happened lately, and the name of the channel by which those who wait are woken. */
  readonly changes: string;
  /** A hash: the texts of functions that computed results, by their ids. */
  readonly codes: string;
  /** What the owners' keys begin with. An owner is alive as long as its key is there. */
  readonly owners: string;
  /** What the keys of parts of large results begin with. */
  readonly parts: string;
}

/** The keys under a prefix. */
export function keysOf(prefix: string): Keys {
  const base = `jug:{${prefix}}:`;
  return {
    format: `${base}format`,
    results: `${base}results`,
    locks: `${base}locks`,
    failures: `${base}failures`,
    reports: `${base}reports`,
    changes: `${base}changes`,
    codes: `${base}codes`,
    owners: `${base}owner:`,
    parts: `${base}part:`,
  };
}
