/**
 * What a claimant is to do between its birth and its end. A process is a keeper (its main thread, which joins, renews and
 * leaves) and workers (threads that claim). Each has a backend of its own, as the threads of a real process have.
 *
 * @module
 */

/** A task of a scenario. */
export interface SimulatedTask {
  readonly hash: string;
  /** The hashes of the tasks that it needs. */
  readonly needs: readonly string[];
  /** How long it runs, in milliseconds. */
  readonly runMs: number;
}

/** The process that a claimant belongs to. */
export interface ProcessIdentity {
  readonly id: string;
  readonly leaseMs: number;
  readonly host: string;
  readonly boot: string;
  readonly pid: number;
}

/** What a claimant does. */
export type Role =
  | {
    readonly kind: "keeper";
    /** Stays for as long at least. */
    readonly stayMs: number;
  }
  | {
    readonly kind: "worker";
    readonly thread: number;
    readonly tasks: readonly SimulatedTask[];
    /** How many tasks it claims in one call at most. */
    readonly batch: number;
    /** Tries the first of its tasks first. */
    readonly inOrder: boolean;
    /** Idle claimants look again at a multiple of this, so that they meet. */
    readonly idleMs: number;
    /** The chance that a task fails, or is given up, once. */
    readonly failing: number;
    /** The chance that an idle worker waits for word of a change. */
    readonly listening: number;
    /** Holds what it claims for as long, and does not complete it: leaves stale locks when it is killed. */
    readonly holdMs: number;
  }
  | { readonly kind: "looker"; readonly hashes: readonly string[]; readonly rounds: number; readonly everyMs: number }
  | {
    readonly kind: "remover";
    readonly hashes: readonly string[];
    readonly atMs: number;
    readonly rounds: number;
    readonly everyMs: number;
  }
  | {
    readonly kind: "packer";
    readonly atMs: number;
    readonly settleMs: number;
    readonly rounds: number;
    readonly everyMs: number;
  };

/** One life of a claimant. */
export interface Life {
  /** The module of the backend: the project's own, or a copy with a planted bug. */
  readonly module: string;
  readonly root: string;
  /** Unique for ever. */
  readonly tag: string;
  readonly seed: number;
  readonly process: ProcessIdentity;
  readonly role: Role;
}
