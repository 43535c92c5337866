/**
 * The contract between jug and a place that stores results and locks. A backend knows hashes and bytes; it knows
 * nothing about tasks.
 *
 * Every operation takes many items, because a round trip or a system call costs more than the items do. Return values
 * are in the order of the arguments. An operation that cannot be carried out at all (no disk, no server, no permission)
 * rejects with a `JugError` of kind "backend" that names the address and the remedy.
 *
 * Optional members may be left out. `optional_parts.ts` defines what happens then.
 *
 * @module
 */
import type { Hash } from "../core/brand.ts";

/**
 * A process that works on a jugdir. Its locks are valid as long as it renews its lease.
 *
 * @category Backends
 */
export interface Owner {
  /** Globally unique and never reused. 1 to 72 letters, digits and `-`, no dot. */
  readonly id: string;
  /** How long its locks stay valid without a renewal, in milliseconds. */
  readonly leaseMs: number;
  /** The host's name, if jug has the permission to read it. */
  readonly host: string | undefined;
  /** Identifies one boot of the host (and distinguishes containers from each other), if jug may read it. */
  readonly boot: string | undefined;
  /** The process id, if jug has the permission to read it. */
  readonly pid: number | undefined;
  /** When the process started, in milliseconds since 1970 by its own clock. For listings. */
  readonly started?: number | undefined;
  /** The command line options that the process was started with, at most 1,000 characters. For listings. */
  readonly options?: string | undefined;
}

/**
 * A process that joined, as a listing shows it.
 *
 * @category Backends
 */
export interface ProcessEntry {
  /** The id of the owner. */
  readonly id: string;
  /** The host's name, if known. */
  readonly host: string | undefined;
  /** The process id, if known. */
  readonly pid: number | undefined;
  /** When the process started, in milliseconds since 1970 by its own clock, if known. */
  readonly started: number | undefined;
  /** `dead`: it ended without leaving, because it was killed, for example. */
  readonly state: "alive" | "left" | "dead" | "unknown";
  /** When the process left, in milliseconds since 1970 by its own clock, if it did. */
  readonly left: number | undefined;
  /** The command line options that it was started with, if known. */
  readonly options: string | undefined;
}

/**
 * How long the runs of one function took: of all results that were stored, including those that were removed later.
 *
 * @category Backends
 */
export interface DurationSummary {
  /** The name of the function's tasks. */
  readonly name: string;
  /** How many runs. */
  readonly count: number;
  /** The sum of all durations, in milliseconds. */
  readonly total: number;
  /** The longest duration, in milliseconds. */
  readonly longest: number;
  /**
   * How many runs fell into each class of durations; `duration_classes.ts` defines the classes. Classes without runs
   * are left out.
   */
  readonly classes: ReadonlyMap<number, number>;
}

/**
 * One thread of an owner that claims tasks.
 *
 * @category Backends
 */
export interface Claimant {
  /** The process that the thread belongs to. */
  readonly owner: Owner;
  /** Unique among the owner's threads. */
  readonly thread: number;
}

/**
 * The claim of one worker on one task.
 *
 * @category Backends
 */
export interface Lock {
  /** The task. */
  readonly hash: Hash;
  /**
   * `owner.thread.count`: globally unique and never reused. A lock that is stolen and claimed again is a different
   * lock.
   */
  readonly token: string;
}

/**
 * The outcome of a claim.
 *
 * @category Backends
 */
export type ClaimOutcome =
  /** `stolen`: the lock was taken over from a dead owner */
  | { readonly kind: "claimed"; readonly lock: Lock; readonly stolen: boolean }
  /** the task has a result, so there is nothing to run */
  | { readonly kind: "finished" }
  /** another owner holds the lock and, as far as is known, is alive */
  | { readonly kind: "held"; readonly owner: string };

/**
 * The outcome of a completion. The result that is stored first is kept.
 *
 * - `stored`: it is the result of the task now
 * - `kept`: the task had a result before
 * - `lost`: it was not stored, and the task has no result: the lock was lost, and another owner runs the task, or will.
 *   Only backends with {@linkcode Backend.storesTogether} return it
 *
 * @category Backends
 */
export type CompleteOutcome = "stored" | "kept" | "lost";

/**
 * The outcome of releasing a lock. `released`: this process held it, and now nobody does. `lost`: this process did not
 * hold it any more. It was stolen, removed, or released before (possibly by the same call, if a backend had to send it
 * twice).
 *
 * @category Backends
 */
export type ReleaseOutcome = "released" | "lost";

/**
 * Options of {@linkcode Backend.release}. A backend whose locks are independent of each other ignores them.
 *
 * @category Backends
 */
export interface ReleaseOptions {
  /**
   * Set if another thread of the process releases locks of a thread that knows of it, and goes on with its other locks.
   * Without it, the thread that claimed the locks is lost: it may store nothing under any of its locks any more.
   * @default false
   */
  readonly claimantWorks?: boolean;
}

/**
 * What is known of a run of a task besides its result. Listings show it without reading results.
 *
 * @category Backends
 */
export interface RunInfo {
  /** The task's name. */
  readonly name: string;
  /** The start time, in milliseconds since 1970 by the worker's clock. */
  readonly start: number;
  /** The end time, in milliseconds since 1970 by the worker's clock. */
  readonly finish: number;
  /** The name of the worker that ran the task. */
  readonly worker: string;
  /** The id of the code that computed the result, if known. */
  readonly code?: string | undefined;
  /** The trace context of the run (https://www.w3.org/TR/trace-context/), if there is one. */
  readonly trace?: string | undefined;
  /** A summary of the task's arguments, at most 200 characters. */
  readonly args?: string | undefined;
}

/**
 * A run that ended, as a listing shows it.
 *
 * @category Backends
 */
export interface RunEntry extends RunInfo {
  /** The task. */
  readonly hash: Hash;
  /** How the run ended. */
  readonly kind: "result" | "failure";
  /** The size of the encoded result or failure, in bytes. */
  readonly size: number;
}

/**
 * A result to be stored.
 *
 * @category Backends
 */
export interface Completion {
  /** The task. */
  readonly hash: Hash;
  /** The result, encoded. */
  readonly bytes: Uint8Array;
  /** The lock that the result was computed under. It is released only if it is still the same lock. */
  readonly lock: Lock | undefined;
  /**
   * Set if it was computed from results that are stored by the same call, or by one that failed. It is then stored only
   * together with them. Given only to a backend with {@linkcode Backend.storesTogether}.
   */
  readonly isBasedOnOthers?: boolean | undefined;
  /** For listings. A backend that has no {@linkcode Backend.listRuns} may ignore it. */
  readonly info?: RunInfo | undefined;
}

/**
 * A failure to be recorded.
 *
 * @category Backends
 */
export interface FailureReport {
  /** The lock that the failure happened under. */
  readonly lock: Lock;
  /** The failure, encoded. */
  readonly bytes: Uint8Array;
  /** For listings. A backend that has no {@linkcode Backend.listRuns} may ignore it. */
  readonly info?: RunInfo | undefined;
}

/**
 * A recorded failure.
 *
 * @category Backends
 */
export interface FailureEntry {
  /** The task. */
  readonly hash: Hash;
  /** The token of the lock that the failure happened under. Another failure of the same task has another token. */
  readonly token: string;
}

/**
 * A lock, as a listing shows it.
 *
 * @category Backends
 */
export interface LockEntry {
  /** The task. */
  readonly hash: Hash;
  /** The lock's token: globally unique and never reused. */
  readonly token: string;
  /** The id of the owner that holds the lock. */
  readonly owner: string;
  /** `dead`: the owner is known to be dead, so anybody may take the lock. */
  readonly state: "alive" | "dead" | "unknown";
  /** When the task was claimed, in milliseconds since 1970 by the owner's clock, if known. */
  readonly since?: number | undefined;
  /**
   * The position of the lock among those of its claimant, if known. A thread runs its tasks in the order in which it
   * claimed them, so the one with the smallest number is running, and the others wait.
   */
  readonly order?: number | undefined;
}

/**
 * Something that happened to a task, in this process or another.
 *
 * @category Backends
 */
export interface Change {
  /** What happened. */
  readonly kind: "finished" | "failed" | "released" | "removed";
  /** The task. */
  readonly hash: Hash;
}

/**
 * The registration of a process with a backend. The coordinator holds it.
 *
 * @category Backends
 */
export interface Membership {
  /** Renews the lease of all locks of this process, including those of its threads. Called every third of the lease. */
  renew(): Promise<void>;
  /**
   * Releases every lock that this process still holds, no matter which thread claimed it, and ends the registration.
   */
  leave(): Promise<void>;
}

/**
 * The text of a function that computed results, or of a module that the function was loaded with.
 *
 * @category Backends
 */
export interface CodeEntry {
  /**
   * 16 hexadecimal digits for a function, 32 for a module. Different texts have different ids. Only a table that has
   * {@linkcode CodeTable.load} gets modules.
   */
  readonly id: string;
  /** Stored unchanged. Any text without U+0000, which some databases cannot store. */
  readonly text: string;
}

/**
 * A small table of texts: a few for each function of a jugfile, none per task.
 *
 * @category Backends
 */
export interface CodeTable {
  /** Returns all entries with an id of 16 digits: each `jug status` reads them. */
  list(): Promise<readonly CodeEntry[]>;
  /** Adds entries. An entry whose id exists already is left unchanged. */
  add(entries: readonly CodeEntry[]): Promise<void>;
  /**
   * Returns the text of each of these entries, `undefined` if there is none. Optional: without it, jug stores no
   * modules, so `jug stale` knows only whether a function's own text changed.
   */
  load?(ids: readonly string[]): Promise<(string | undefined)[]>;
}

/**
 * A store for results, locks and failures.
 *
 * @category Backends
 */
export interface Backend {
  /** Where it is, without the password, so that it is safe to print. */
  readonly address: string;
  /**
   * How many items a call should carry if the caller has the choice. 1 if a call costs no more than its items do, so
   * that callers need not hold items back to fill a batch; more if each call is a round trip or a transaction.
   */
  readonly batchSize: number;

  /**
   * The group of a task: tasks of one group are claimed by one call at little more than the cost of one. Optional:
   * without it, the cost does not depend on which tasks are claimed together.
   */
  groupOf?(hash: Hash): number;

  /**
   * Set if results whose tasks were claimed by one call, and which are completed by one call, are stored all or not at
   * all. A worker may then claim tasks together with those that they depend on. Optional: without it, a task is claimed
   * only after its dependencies are stored.
   */
  readonly storesTogether?: boolean;

  /** Registers this process, so that its locks count as alive. */
  join(owner: Owner): Promise<Membership>;

  /** Returns those of `hashes` that have a result. */
  has(hashes: readonly Hash[]): Promise<Set<Hash>>;
  /** Lists all hashes that have a result, in batches, each hash at least once. */
  list(): AsyncIterable<readonly Hash[]>;
  /** Returns the bytes of each result, `undefined` if there is none. */
  load(hashes: readonly Hash[]): Promise<(Uint8Array | undefined)[]>;
  /**
   * Returns the first `length` bytes of each result, `undefined` if there is none. It may return more or fewer bytes if
   * that is simpler, and returns fewer if the result is shorter. Optional: without it, results are loaded whole, a few
   * at a time.
   */
  loadHeads?(hashes: readonly Hash[], length: number): Promise<(Uint8Array | undefined)[]>;
  /**
   * Stores each result completely or not at all. An existing result is kept. Removes a recorded failure of the task.
   */
  complete(items: readonly Completion[]): Promise<CompleteOutcome[]>;
  /** Removes results. Returns those that existed. */
  remove(hashes: readonly Hash[]): Promise<Set<Hash>>;
  /**
   * Removes a result only if its bytes are still `bytes`: a reader found them damaged, and another process may have
   * replaced them.
   */
  discard(hash: Hash, bytes: Uint8Array): Promise<boolean>;

  /**
   * Locks those tasks that have no result and no lock of a live owner. Takes over locks of dead owners; only one
   * claimant succeeds in that. A recorded failure does not prevent a claim.
   */
  claim(hashes: readonly Hash[], claimant: Claimant): Promise<ClaimOutcome[]>;
  /**
   * Releases locks. Returns for each whether this process still held it; a lock that it did not hold is left unchanged.
   * The return value is optional: if there is none, as in backends written for version 0.1, all locks count as
   * released.
   */
  release(locks: readonly Lock[], options?: ReleaseOptions): Promise<readonly ReleaseOutcome[] | void>;
  /** Lists all locks, in batches. A lock of a task that has a result is a leftover and is not listed. */
  listLocks(): AsyncIterable<readonly LockEntry[]>;
  /**
   * Removes locks, no matter who holds them. The user asks for this when they know that nothing runs. Returns how many
   * were removed. May also end other claims of the same claimants.
   */
  removeLocks(hashes: readonly Hash[]): Promise<number>;

  /** Records failures, replacing earlier ones of the same tasks, and releases their locks. */
  fail(items: readonly FailureReport[]): Promise<void>;
  /** Lists all failures, in batches. */
  listFailures(): AsyncIterable<readonly FailureEntry[]>;
  /** Returns the bytes of each failure, `undefined` if there is none. */
  loadFailures(hashes: readonly Hash[]): Promise<(Uint8Array | undefined)[]>;
  /** Removes failures. Returns how many existed. */
  removeFailures(hashes: readonly Hash[]): Promise<number>;

  /**
   * Waits until something has changed, in any process, since the last call (or since the backend was opened). Returns
   * an empty list when `signal` aborts. This is only a hint: changes may get lost if files are shared over a network,
   * so callers also call `has` from time to time.
   */
  waitForChange(signal: AbortSignal): Promise<readonly Change[]>;

  /**
   * Lists the runs that led to the present results and failures, in batches, without reading these. Runs that were
   * stored without {@linkcode RunInfo} are left out. Optional: without it, results are read for listings.
   */
  listRuns?(): AsyncIterable<readonly RunEntry[]>;

  /**
   * Lists the processes that joined: those that work, and those that left or were killed. Optional: without it, jug
   * shows only who holds locks.
   */
  listProcesses?(): AsyncIterable<readonly ProcessEntry[]>;

  /**
   * Returns a summary of the durations for each function. Optional: without it, durations are computed from the runs.
   */
  listDurations?(): Promise<readonly DurationSummary[]>;

  /**
   * The texts of the functions that computed the results. Optional: without it, jug does not report functions that
   * changed.
   */
  readonly codes?: CodeTable;

  /**
   * Removes what dead processes left behind and nobody else would remove: registrations, drafts, locks of finished
   * tasks. Keeps everything that may belong to a living process. Returns how many were removed. Optional: without it,
   * nothing is tidied.
   */
  tidy?(): Promise<number>;

  /** Closes files and connections. Locks are kept; `Membership.leave` releases them. */
  close(): Promise<void>;
}
