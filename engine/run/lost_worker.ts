/**
 * Settles the tasks of a lost worker: its thread does not return, or its process died.
 *
 * @module
 */
import type { Backend, Claimant, Lock, ReleaseOptions } from "../../backends/backend.ts";
import { release } from "../../backends/optional_parts.ts";
import type { Hash } from "../../core/brand.ts";
import { reportError, type TaskFailure } from "../results/error_report.ts";
import { encodeFailure } from "../results/failures.ts";
import type { WatchedAttempt } from "./watchdog.ts";

/** The task that caused the loss. */
export interface Culprit {
  readonly attempt: WatchedAttempt;
  readonly error: Error;
}

/** The outcome for the worker's tasks. */
export interface Settled {
  readonly failure: TaskFailure | undefined;
  /** Tasks that others can claim now. */
  readonly released: readonly Hash[];
}

/** How the failure is recorded. */
export interface Settling {
  readonly kept: boolean;
  /** In milliseconds since 1970. */
  readonly now: number;
  /** The trace context of the attempt, if there is one. */
  readonly trace?: string | undefined;
}

/** Records the failure of the task that caused the loss, and releases all other tasks that the worker had claimed. */
export async function settleTasks(
  backend: Backend,
  claimant: Claimant,
  culprit: Culprit | undefined,
  how: Settling,
): Promise<Settled> {
  const locks = (await locksOf(backend, claimant)).filter(({ hash }) => hash !== culprit?.attempt.lock.hash);
  const failure = culprit && await recordFailure(backend, claimant, culprit, how);
  return { failure, released: await releaseLocks(backend, locks) };
}

/** Releases tasks that were taken from a working worker. Returns those that others can claim now. */
export async function releaseTaken(
  backend: Backend,
  claimant: Claimant,
  hashes: readonly Hash[],
): Promise<readonly Hash[]> {
  return await releaseLocks(backend, await locksOf(backend, claimant, new Set(hashes)), { claimantWorks: true });
}

/** Returns the locks of a worker, only those of `hashes` if given. */
async function locksOf(backend: Backend, claimant: Claimant, hashes?: ReadonlySet<Hash>): Promise<Lock[]> {
  const locks: Lock[] = [];
  const prefix = `${claimant.owner.id}.${claimant.thread}.`;
  for await (const entries of backend.listLocks()) {
    for (const { hash, token } of entries) {
      if (token.startsWith(prefix) && hashes?.has(hash) !== false) locks.push({ hash, token });
    }
  }
  return locks;
}

/** Releases locks. Returns the tasks that others can claim now. */
async function releaseLocks(
  backend: Backend,
  locks: readonly Lock[],
  options?: ReleaseOptions,
): Promise<readonly Hash[]> {
  const outcomes = locks.length > 0 ? await release(backend, locks, options) : [];
  return locks.filter((_, i) => outcomes[i] === "released").map(({ hash }) => hash);
}

async function recordFailure(
  backend: Backend,
  claimant: Claimant,
  { attempt: { lock, name, label, start, attempt, log }, error }: Culprit,
  { kept, now, trace }: Settling,
): Promise<TaskFailure> {
  const { hash } = lock;
  const args = label.slice(name.length + 1, -1);
  const context = { start, finish: now, claimant, kept, attempt, log: log.text(), trace };
  await backend.fail([{ lock, ...encodeFailure({ hash, name, args }, error, context) }]);
  return { hash, name, args, error: reportError(error) };
}
