/**
 * What became of each task, as the claimants told it.
 *
 * @module
 */
import type { SimClaimant, SimProcess } from "../run/sim_process.ts";

/** The one who claimed a task last. */
export interface Holder {
  readonly claimant: SimClaimant;
  readonly token: string;
  readonly claimedAt: number;
  state: "holds" | "completing" | "completed" | "gave up";
  completingAt: number;
  /** When whoever took its lock began to claim, its owner having to be taken for dead; `undefined` while it has its lock. */
  takenSince: number | undefined;
}

/** A removal of a task's result; `end` is infinite while it goes on. */
interface Removal {
  readonly by: SimClaimant;
  readonly start: number;
  end: number;
}

/** A result that was told to be the first. */
interface Stored {
  readonly token: string;
  readonly completingAt: number;
  readonly at: number;
}

/** One task. */
export interface TaskRecord {
  holder: Holder | undefined;
  readonly removals: Removal[];
  readonly stored: Stored[];
  /** Who began to store a result, and when. */
  readonly authors: Map<string, number>;
  /** Whose result was seen first. */
  firstSeen: string | undefined;
  lastSeen: { readonly author: string; readonly at: number } | undefined;
}

/** Whether a result that began to be stored at `since` may have been removed by now. */
export function mayBeRemoved({ removals }: TaskRecord, since: number): boolean {
  return removals.some(({ end }) => end >= since);
}

/** All tasks. */
export class Ledger {
  readonly #tasks = new Map<string, TaskRecord>();

  /** A process gives up all that it holds, also what a thread of its is storing: another thread failed, which ends the run. */
  giveUpAll(process: SimProcess): void {
    for (const { holder } of this.#tasks.values()) {
      if (holder?.claimant.process === process && holder.state !== "completed") holder.state = "gave up";
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
