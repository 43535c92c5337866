/**
 * Checks that a task is claimed only if it has no result and no living process holds it.
 *
 * @module
 */
import { parseClaimToken } from "../../../backends/file/token.ts";
import type { SimClaimant, SimProcess } from "../run/sim_process.ts";
import type { Note } from "../threads/notes.ts";
import type { CheckParts } from "./check_parts.ts";
import { type Holder, mayBeRemoved, type TaskRecord } from "./ledger.ts";

/** Notes about claims. */
type ClaimNote = Extract<Note, { kind: "claiming" | "tidying" | "claimed" | "giving up" | "leaving" }>;

/** Whether a claim on a task was made later than another one. Numbers increase with each change of a partition. */
function isLater(token: string, other: string): boolean {
  return (parseClaimToken(token)?.sequence ?? 0) > (parseClaimToken(other)?.sequence ?? 0);
}

/** Checks claims. */
export class ClaimChecks {
  readonly #parts: CheckParts;
  /**
   * Processes that give up all their locks because one of their threads failed. Claims of their other threads are not
   * checked: such a claim is given up before it is reported.
   */
  readonly #leaving = new Set<SimProcess>();

  constructor(parts: CheckParts) {
    this.#parts = parts;
  }

  onNote(claimant: SimClaimant, note: ClaimNote): void {
    const { world, ledger, claimingSince } = this.#parts;
    switch (note.kind) {
      case "claiming":
      case "tidying":
        claimingSince.set(claimant, world.now);
        return;
      case "claimed":
        return this.#onClaimed(claimant, note.hash, note.token);
      case "giving up": {
        const { holder } = ledger.of(note.hash);
        if (holder?.token === note.token) holder.state = "gave up";
        return;
      }
      case "leaving":
        this.#leaving.add(claimant.process);
        return ledger.giveUpAll(claimant.process);
    }
  }

  #onClaimed(claimant: SimClaimant, hash: string, token: string): void {
    if (this.#leaving.has(claimant.process)) return;
    const { world, ledger, owners, claimingSince, resultSince, report } = this.#parts;
    const task = ledger.of(hash);
    const since = claimingSince.get(claimant) ?? 0;
    const finishedAt = resultSince.get(hash);
    if (finishedAt !== undefined && finishedAt < since && !mayBeRemoved(task, finishedAt)) {
      report(`${claimant.name} claimed ${hash}, which has had a result since ${finishedAt.toFixed(1)}`);
    }
    const before = task.holder;
    // A claimant that was stopped in the middle of its claim may have lost the lock before it learnt that it won it.
    const wasGivenAway = before !== undefined && before.claimedAt > since && isLater(before.token, token) &&
      !owners.mustSeemAlive(claimant.process.plan.id, before.claimant.process, since);
    if (wasGivenAway) return;
    task.holder = {
      claimant,
      token,
      claimedAt: world.now,
      state: "holds",
      completingAt: Infinity,
      takenSince: undefined,
    };
    if (before !== undefined) this.#compare(task, claimant, hash, before);
  }

  /**
   * Whether the lock was taken while its owner had to seem dead, and then the owner woke and its result appeared before
   * this claim ended. Another process than the claimant may have taken the lock: anybody may claim between a thief's
   * two steps. The owner may have been stopped in the middle of storing its result.
   */
  #hasCrossed(before: Holder, claimant: SimClaimant, hash: string): boolean {
    const { claimingSince, owners, resultSince } = this.#parts;
    const appearedAt = resultSince.get(hash) ?? Infinity;
    if (before.takenSince !== undefined && appearedAt > before.takenSince) return true;
    const since = claimingSince.get(claimant) ?? 0;
    return appearedAt > since && !owners.mustSeemAlive(before.claimant.process.plan.id, claimant.process, since);
  }

  #compare(task: TaskRecord, claimant: SimClaimant, hash: string, before: Holder): void {
    const { owners, claimingSince, report } = this.#parts;
    const { process, name } = before.claimant;
    switch (before.state) {
      case "gave up":
        return;
      case "completed":
        if (mayBeRemoved(task, before.completingAt) || this.#hasCrossed(before, claimant, hash)) return;
        return report(`${claimant.name} claimed ${hash}, which ${name} had completed`);
      case "holds":
      case "completing":
        if (mayBeRemoved(task, before.claimedAt) || process.faultedAt >= before.claimedAt) return;
        if (!owners.mustSeemAlive(process.plan.id, claimant.process, claimingSince.get(claimant) ?? 0)) return;
        return report(`${claimant.name} claimed ${hash}, which ${name} holds and is alive`);
    }
  }
}
