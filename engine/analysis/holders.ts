/**
 * Who runs which task now, and since when. Needs no jugfile.
 *
 * @module
 */
import type { Backend, LockEntry, ProcessEntry } from "../../backends/backend.ts";
import { listProcesses } from "../../backends/optional_parts.ts";
import type { Hash } from "../../core/brand.ts";
import { append } from "../../core/lists.ts";

/** A task that a worker holds. */
export interface Holder {
  /** The task. */
  readonly hash: Hash;
  /** The id of the process. */
  readonly owner: string;
  /** The number of the worker's thread in its process. */
  readonly thread: number | undefined;
  /** The host's name, if known. */
  readonly host: string | undefined;
  /** The process id, if known. */
  readonly pid: number | undefined;
  /** When the task was claimed, in milliseconds since 1970 by the owner's clock, if known. */
  readonly since: number | undefined;
  /**
   * Whether the worker has claimed the task together with others, and runs those first. With `--concurrency` it runs as
   * many at once.
   */
  readonly isQueued: boolean;
  /** `dead`: the owner is known to be dead, and the next worker takes the task over. */
  readonly state: LockEntry["state"];
}

/**
 * Lists the tasks that workers hold, those that were claimed first at the front.
 *
 * @param known The processes by id, if the caller has just listed them. Default: they are listed.
 */
export async function listHolders(
  backend: Backend,
  known?: ReadonlyMap<string, ProcessEntry>,
): Promise<readonly Holder[]> {
  const locks: LockEntry[] = [];
  for await (const batch of backend.listLocks()) append(locks, batch);
  if (locks.length === 0) return [];
  const processes = known ?? await processesById(backend);
  const positions = positionsOf(locks);
  return locks.map((lock): Holder => {
    const process = processes.get(lock.owner);
    const { hash, owner, since, state } = lock;
    return {
      ...{ hash, owner, since, state, thread: threadOf(lock), host: process?.host, pid: process?.pid },
      isQueued: (positions.get(lock) ?? 0) >= concurrencyOf(process),
    };
  }).toSorted((a, b) => (a.since ?? 0) - (b.since ?? 0));
}

/** Returns the processes that joined, by their ids. */
export async function processesById(backend: Backend): Promise<ReadonlyMap<string, ProcessEntry>> {
  const processes = new Map<string, ProcessEntry>();
  for await (const batch of listProcesses(backend)) {
    for (const process of batch) processes.set(process.id, process);
  }
  return processes;
}

/** A token is `owner.thread.count`. */
function claimantOf({ token }: LockEntry): string {
  return token.slice(0, token.lastIndexOf("."));
}

function threadOf(lock: LockEntry): number | undefined {
  const text = claimantOf(lock).slice(lock.owner.length + 1);
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** Returns the position of each lock among those of its claimant, which runs its tasks in the order of the claims. */
function positionsOf(locks: readonly LockEntry[]): ReadonlyMap<LockEntry, number> {
  const positions = new Map<LockEntry, number>();
  for (const held of Map.groupBy(locks, claimantOf).values()) {
    const ordered = held.filter(({ order }) => order !== undefined).toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0));
    for (const [position, lock] of ordered.entries()) positions.set(lock, position);
  }
  return positions;
}

/** Returns how many tasks each thread of a process runs at once, as its command line says. */
function concurrencyOf(process: ProcessEntry | undefined): number {
  const [, digits = "1"] = /(?:^| )--concurrency (\d{1,9})(?: |$)/.exec(process?.options ?? "") ?? [];
  return Math.max(1, Number(digits));
}
