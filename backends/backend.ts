/**
 * The contract between jug and a place that keeps results and locks. A backend knows hashes and bytes, nothing of tasks.
 *
 * Every operation takes many items, since a round trip or a system call costs more than the items do. Answers come in the
 * order of the items asked. An operation that cannot be carried out at all (no disk, no server, no permission) rejects with
 * a `JugError` of kind "backend" that names the address and the remedy.
 *
 * What is optional may be left out. `optional_parts.ts` says what is done then.
 *
 * @module
 */
import type { Hash } from "../core/brand.ts";

/**
 * A process that works on a jugdir. Its locks hold as long as it renews its lease.
 *
 * @category Backends
 */
export interface Owner {
  /** Unique for ever: 1 to 72 letters, digits and `-`, no dot. */
  readonly id: string;
  /** How long its locks hold without a renewal, in milliseconds. */
  readonly leaseMs: number;
  /** The host's name, where it may be asked. */
  readonly host: string | undefined;
  /** What tells one boot of the host from the next (and a container from its neighbour), where it may be read. */
  readonly boot: string | undefined;
  /** The process number, where it may be asked. */
  readonly pid: number | undefined;
}

/**
 * One thread of an owner that claims tasks.
 *
 * @category Backends
 */
export interface Claimant {
  /** Its owner. */
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
  /** Which task. */
  readonly hash: Hash;
  /** `owner.thread.count`: unique for ever, so that a lock that was stolen and claimed anew is another lock. */
  readonly token: string;
}

/**
 * What became of a claim.
 *
 * @category Backends
 */
export type ClaimOutcome =
  /** `stolen`: it was taken over from an owner that is dead */
  | { readonly kind: "claimed"; readonly lock: Lock; readonly stolen: boolean }
  /** a result is there: nothing to run */
  | { readonly kind: "finished" }
  /** somebody else's, and as far as can be told he is alive */
  | { readonly kind: "held"; readonly owner: string };

/**
 * What became of a completion. The first result that was stored stays.
 *
 * @category Backends
 */
export type CompleteOutcome = "stored" | "kept";

/**
 * What became of a lock that was to be given up. `lost`: it was not ours any more: it was taken over, removed, or given up
 * before (also by the same call, where a backend had to send it twice). `released`: it was ours, and is nobody's now.
 *
 * @category Backends
 */
export type ReleaseOutcome = "released" | "lost";

/**
 * A result on its way to the backend.
 *
 * @category Backends
 */
export interface Completion {
  /** Which task. */
  readonly hash: Hash;
  /** The result, encoded. */
  readonly bytes: Uint8Array;
  /** The lock it was computed under; given up only if it is still that lock. */
  readonly lock: Lock | undefined;
}

/**
 * A failure on its way to the backend.
 *
 * @category Backends
 */
export interface FailureReport {
  /** The lock that it happened under. */
  readonly lock: Lock;
  /** The failure, encoded. */
  readonly bytes: Uint8Array;
}

/**
 * A failure that was recorded.
 *
 * @category Backends
 */
export interface FailureEntry {
  /** Which task. */
  readonly hash: Hash;
  /** The token of the lock it happened under: another failure of the same task has another. */
  readonly token: string;
}

/**
 * A lock as others see it.
 *
 * @category Backends
 */
export interface LockEntry {
  /** Which task. */
  readonly hash: Hash;
  /** Unique for ever, as a lock's. */
  readonly token: string;
  /** The id of who holds it. */
  readonly owner: string;
  /** `dead`: known to be, so anybody may take the lock. */
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
  /** Which task. */
  readonly hash: Hash;
}

/**
 * A process's registration with a backend; held by its main thread.
 *
 * @category Backends
 */
export interface Membership {
  /**
   * Renews the lease of every lock of this process, its threads' included.
   * Called every third of the lease.
   */
  renew(): Promise<void>;
  /** Gives up every lock that is still this process's (no matter which thread claimed it), and the registration. */
  leave(): Promise<void>;
}

/**
 * The text of a function that computed results.
 *
 * @category Backends
 */
export interface CodeEntry {
  /** 16 hexadecimal digits; another text has others. */
  readonly id: string;
  /** What is kept, as it is: any text without U+0000, which not every database keeps. */
  readonly text: string;
}

/**
 * A small table of texts: some for each function of a jugfile, none for each task.
 *
 * @category Backends
 */
export interface CodeTable {
  /** Every entry. */
  list(): Promise<readonly CodeEntry[]>;
  /** Keeps entries. What lies under an id stays as it is. */
  add(entries: readonly CodeEntry[]): Promise<void>;
}

/**
 * Where results, locks and failures live.
 *
 * @category Backends
 */
export interface Backend {
  /** Where it is, safe to print: no password. */
  readonly address: string;
  /**
   * How many items a call should carry where the caller has a choice: 1 where a call costs no more than its items do, so
   * that nothing is held back for company; more where each call is a round trip or a transaction.
   */
  readonly batchSize: number;

  /** Registers this process, so that its locks count as alive. */
  join(owner: Owner): Promise<Membership>;

  /** Which of `hashes` have a result. */
  has(hashes: readonly Hash[]): Promise<Set<Hash>>;
  /** Every hash that has a result, in batches, each at least once. */
  list(): AsyncIterable<readonly Hash[]>;
  /** The bytes of each result, `undefined` where there is none. */
  load(hashes: readonly Hash[]): Promise<(Uint8Array | undefined)[]>;
  /**
   * The first `length` bytes of each result (more, or fewer, where that is simpler or it has no more), `undefined` where
   * there is none. Optional: where it is missing, results are loaded whole, few at a time.
   */
  loadHeads?(hashes: readonly Hash[], length: number): Promise<(Uint8Array | undefined)[]>;
  /** Stores results, whole or not at all. A result that is there already is kept. Removes a failure of the task. */
  complete(items: readonly Completion[]): Promise<CompleteOutcome[]>;
  /** Removes results; the answer holds those that were there. */
  remove(hashes: readonly Hash[]): Promise<Set<Hash>>;
  /** Removes a result only if its bytes are still `bytes` (a reader found them damaged; somebody may have mended them). */
  discard(hash: Hash, bytes: Uint8Array): Promise<boolean>;

  /**
   * Locks those that have no result and no lock of a live owner. Locks of dead owners are taken over, by one claimant only.
   * A failure that was recorded does not stand in the way.
   */
  claim(hashes: readonly Hash[], claimant: Claimant): Promise<ClaimOutcome[]>;
  /**
   * Gives up locks, and answers for each whether it was still ours; one that was not is left as it is. The answer is
   * optional: where there is none, as in backends written for version 0.1, all of them count as released.
   */
  release(locks: readonly Lock[]): Promise<readonly ReleaseOutcome[] | void>;
  /** Every lock, in batches. A lock beside a result is a leftover and is not listed. */
  listLocks(): AsyncIterable<readonly LockEntry[]>;
  /** Removes locks whoever holds them (the user says that nothing runs); answers how many. */
  removeLocks(hashes: readonly Hash[]): Promise<number>;

  /** Records failures, replacing earlier ones of the same tasks, and gives up their locks. */
  fail(items: readonly FailureReport[]): Promise<void>;
  /** Every failure, in batches. */
  listFailures(): AsyncIterable<readonly FailureEntry[]>;
  /** The bytes of each failure. */
  loadFailures(hashes: readonly Hash[]): Promise<(Uint8Array | undefined)[]>;
  /** Forgets failures; answers how many there were. */
  removeFailures(hashes: readonly Hash[]): Promise<number>;

  /**
   * Waits until something changed, in any process, since the last call (or since the backend was opened); answers an
   * empty list when `signal` aborts. A hint: a change may be lost where files are shared over a network, so a caller
   * asks `has` now and then.
   */
  waitForChange(signal: AbortSignal): Promise<readonly Change[]>;

  /** Which code computed the results. Optional: where it is missing, nothing is said of functions that changed. */
  readonly codes?: CodeTable;

  /**
   * Removes what dead processes left and nobody else would remove: registrations, drafts, locks beside results. What may be
   * a living process's stays. Answers how many of these there were. Optional: where it is missing, nothing is tidied.
   */
  tidy?(): Promise<number>;

  /** Frees files and connections. Locks stay: `Membership.leave` gives them up. */
  close(): Promise<void>;
}
