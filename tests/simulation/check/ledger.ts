/**
 * The history of each task, as the claimants reported it.
 *
 * @module
 */
import type { SimClaimant, SimProcess } from "../run/sim_process.ts";

/** The last claim of a task. */
export interface Holder {
  readonly claimant: SimClaimant;
  readonly token: string;
  readonly claimedAt: number;
  state: "holds" | "completing" | "completed" | "gave up";
  completingAt: number;
  /**
   * When the claimant that took this lock began its claim, if the owner had to seem dead. `undefined` while the owner
   * has its lock.
   */
  takenSince: number | undefined;
}

/** A removal of a task's result. `end` is infinite while the removal is in progress. */
interface Removal {
  readonly by: SimClaimant;
  readonly start: number;
  end: number;
}

/** A result that was reported as the first. */
interface Stored {
  readonly token: string;
  readonly completingAt: number;
  readonly at: number;
}

/** The history of one task. */
export interface TaskRecord {
  holder: Holder | undefined;
  readonly removals: Removal[];
  readonly stored: Stored[];
  /** The tokens of the claims that began to store a result, and when each began. */
  readonly authors: Map<string, number>;
  /** The author of the result that was read first. */
  firstSeen: string | undefined;
  lastSeen: { readonly author: string; readonly at: number } | undefined;
}

/** Whether a result whose storing began at `since` may have been removed by now. */
export function mayBeRemoved({ removals }: TaskRecord, since: number): boolean {
  return removals.some(({ end }) => end >= since);
}

/** The histories of all tasks. */
export class Ledger {
  readonly #tasks = new Map<string, TaskRecord>();

  /**
   * Marks all claims of a process as given up, also those whose results its threads are storing: another thread failed,
   * which ends the run.
   */
  giveUpAll(process: SimProcess): void {
    for (const { holder } of this.#tasks.values()) {
      if (holder?.claimant.process === process && holder.state !== "completed") holder.state = "gave up";
    }
  }

  /**
   * Whether a claimant is storing a late result of a task that another process is running under a claim with such a
   * token. It then may take the task from that process.
   */
  isCompletedBy(claimant: SimClaimant, isMeant: (token: string) => boolean): boolean {
    return [...this.#tasks.values()].some(({ holder, authors }) =>
      holder !== undefined && isMeant(holder.token) &&
      [...authors.keys()].some((token) => token !== holder.token && token.startsWith(`${claimant.process.plan.id}.`))
    );
  }

  /** Marks claims as given up whose tokens fulfil a condition. */
  giveUpThose(isMeant: (token: string) => boolean): void {
    for (const { holder } of this.#tasks.values()) {
      if (holder !== undefined && holder.state !== "completed" && isMeant(holder.token)) holder.state = "gave up";
    }
  }

  of(hash: string): TaskRecord {
    const known = this.#tasks.get(hash);
    if (known !== undefined) return known;
    const made: TaskRecord = {
      holder: undefined,
      removals: [],
      stored: [],
      authors: new Map(),
      firstSeen: undefined,
      lastSeen: undefined,
    };
    this.#tasks.set(hash, made);
    return made;
  }
}
