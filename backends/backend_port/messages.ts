/**
 * The messages between a backend and its clients on the other end of a port.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { JugErrorKind } from "../../core/errors.ts";
import type {
  Change,
  Claimant,
  ClaimOutcome,
  CodeEntry,
  CompleteOutcome,
  Completion,
  DurationSummary,
  FailureEntry,
  FailureReport,
  Lock,
  LockEntry,
  Owner,
  ProcessEntry,
  ReleaseOutcome,
  RunEntry,
} from "../backend.ts";

/** For each call, its argument (`asks`) and its return value (`answers`). */
export interface Calls {
  join: { asks: Owner; answers: number };
  renew: { asks: number; answers: void };
  leave: { asks: number; answers: void };
  has: { asks: readonly Hash[]; answers: Set<Hash> };
  load: { asks: readonly Hash[]; answers: (Uint8Array | undefined)[] };
  loadHeads: { asks: { hashes: readonly Hash[]; length: number }; answers: (Uint8Array | undefined)[] };
  complete: { asks: readonly Completion[]; answers: CompleteOutcome[] };
  remove: { asks: readonly Hash[]; answers: Set<Hash> };
  discard: { asks: { hash: Hash; bytes: Uint8Array }; answers: boolean };
  claim: { asks: { hashes: readonly Hash[]; claimant: Claimant }; answers: ClaimOutcome[] };
  release: { asks: readonly Lock[]; answers: readonly ReleaseOutcome[] };
  removeLocks: { asks: readonly Hash[]; answers: number };
  fail: { asks: readonly FailureReport[]; answers: void };
  loadFailures: { asks: readonly Hash[]; answers: (Uint8Array | undefined)[] };
  removeFailures: { asks: readonly Hash[]; answers: number };
  waitForChange: { asks: number; answers: readonly Change[] };
  abortWait: { asks: number; answers: void };
  openList: { asks: keyof Lists; answers: number };
  closeList: { asks: number; answers: void };
  nextHashes: { asks: number; answers: readonly Hash[] | undefined };
  nextLocks: { asks: number; answers: readonly LockEntry[] | undefined };
  nextFailures: { asks: number; answers: readonly FailureEntry[] | undefined };
  nextRuns: { asks: number; answers: readonly RunEntry[] | undefined };
  nextProcesses: { asks: number; answers: readonly ProcessEntry[] | undefined };
  listCodes: { asks: undefined; answers: readonly CodeEntry[] };
  addCodes: { asks: readonly CodeEntry[]; answers: void };
  loadCodes: { asks: readonly string[]; answers: readonly (string | undefined)[] };
  listDurations: { asks: undefined; answers: readonly DurationSummary[] };
  close: { asks: undefined; answers: void };
}

/** The listings. Each is requested batch by batch. */
export interface Lists {
  list: readonly Hash[];
  listLocks: readonly LockEntry[];
  listFailures: readonly FailureEntry[];
  listRuns: readonly RunEntry[];
  listProcesses: readonly ProcessEntry[];
}

/** A call, as sent to the backend. */
export type Request = { [K in keyof Calls]: { readonly id: number; readonly call: K; readonly ask: Calls[K]["asks"] } }[
  keyof Calls
];

/** An error in a form that can be sent. A `JugError` itself would lose its kind and remedy in a message. */
export interface SentError {
  readonly kind: JugErrorKind | undefined;
  readonly message: string;
  readonly remedy: string | undefined;
}

/** The reply to a call. */
export type Reply =
  | { readonly id: number; readonly answer: Calls[keyof Calls]["answers"] }
  | { readonly id: number; readonly error: SentError };
