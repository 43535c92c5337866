/**
 * What a claimant does between its start and its end. A process has a keeper (its main thread, which joins, renews and
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

/** The part that a claimant plays. */
export type Role =
  | {
    readonly kind: "keeper";
    /** The minimum time that it stays. */
    readonly stayMs: number;
  }
  | {
    readonly kind: "worker";
    readonly thread: number;
    readonly tasks: readonly SimulatedTask[];
    /** The maximum number of tasks that it claims in one call. */
    readonly batch: number;
    /** Whether it always starts with the first of its ready tasks. */
    readonly inOrder: boolean;
    /** An idle claimant looks again at the next multiple of this, so that idle claimants meet. */
    readonly idleMs: number;
    /** The probability that a run of a task fails or is given up. */
    readonly failing: number;
    /** The probability that an idle worker waits for a change to be reported. */
    readonly listening: number;
    /**
     * If not 0: how long it holds the tasks it claimed before it runs them. It leaves stale locks if it is killed
     * meanwhile.
     */
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
    readonly rounds: number;
    readonly everyMs: number;
  };

/** One life of a claimant. */
export interface Life {
  /** The URL of the backend's module: the project's own, or a copy with a planted bug. */
  readonly module: string;
  readonly root: string;
  /** Never used twice within a run. */
  readonly tag: string;
  readonly seed: number;
  readonly process: ProcessIdentity;
  readonly role: Role;
}
