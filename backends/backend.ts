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
 * @category Backends
 */
export type CompleteOutcome = "stored" | "kept";

/**
 * The outcome of releasing a lock. `released`: this process held it, and now nobody does. `lost`: this process did not
 * hold it any more. It was stolen, removed, or released before (possibly by the same call, if a backend had to send it
 * twice).
 *
 * @category Backends
 */
export type ReleaseOutcome = "released" | "lost";

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
 * The text of a function that computed results.
 *
 * @category Backends
 */
export interface CodeEntry {
  /** 16 hexadecimal digits. Different texts have different ids. */
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
  /** Returns all entries. */
  list(): Promise<readonly CodeEntry[]>;
  /** Adds entries. An entry whose id exists already is left unchanged. */
  add(entries: readonly CodeEntry[]): Promise<void>;
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
  release(locks: readonly Lock[]): Promise<readonly ReleaseOutcome[] | void>;
  /** Lists all locks, in batches. A lock of a task that has a result is a leftover and is not listed. */
  listLocks(): AsyncIterable<readonly LockEntry[]>;
  /**
   * Removes locks, no matter who holds them. The user asks for this when they know that nothing runs. Returns how many
   * were removed.
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
