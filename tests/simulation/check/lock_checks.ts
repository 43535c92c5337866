/**
 * Checks that a lock is taken away only if its owner is dead or its task has a result.
 *
 * @module
 */
import type { Inode, ServerEvent } from "../file_system/server.ts";
import type { SimClaimant } from "../run/sim_process.ts";
import { textOfBytes } from "../threads/operations.ts";
import type { CheckParts } from "./check_parts.ts";
import { type Holder, mayBeRemoved, type TaskRecord } from "./ledger.ts";

function ownerOf(token: string): string {
  return token.split(".", 1)[0] ?? "";
}

function tokenIn(lock: Inode): string {
  return textOfBytes(lock.data).split("\n", 1)[0] ?? "";
}

/** Checks locks. */
export class LockChecks {
  readonly #parts: CheckParts;
  /** Locks taken by a claimant that was stopped in between, with their holders. The claimant puts the locks back. */
  readonly #lookedAt = new Map<Inode, Holder>();

  constructor(parts: CheckParts) {
    this.#parts = parts;
  }

  onEvent(hash: string, event: Exclude<ServerEvent, { kind: "written" }>): void {
    const { inode } = event;
    if (event.kind === "removed") return this.#onTaken(hash, inode, event.to === undefined ? "removed" : "taken");
    const { replaced } = event;
    const named = this.#parts.ledger.of(hash).holder;
    // The lock was put back.
    if (named?.token === tokenIn(inode)) named.takenSince = undefined;
    // The lock was taken only by a claimant that was stopped in between.
    const holder = this.#lookedAt.get(inode);
    if (holder?.state === "gave up") holder.state = "holds";
    if (replaced !== undefined && replaced !== inode) this.#onTaken(hash, replaced, "replaced");
  }

  /** Checks the state of a lock's owner that was reported to `observer`. */
  onSeen(observer: SimClaimant, hash: string, owner: string, state: string): void {
    const { world, owners, report } = this.#parts;
    if (state !== "dead" || this.#hasFaults(owner, 0)) return;
    if (!owners.mustSeemAlive(owner, observer.process, world.now - 1_000)) return;
    report(`${observer.name} took the owner of the lock of ${hash}, ${owner}, for dead, and it is alive`);
  }

  #onTaken(hash: string, lock: Inode, how: "replaced" | "removed" | "taken"): void {
    const { world, ledger, owners, resultSince, claimingSince, report } = this.#parts;
    const by = world.current;
    if (by === undefined) return;
    const token = tokenIn(lock);
    const owner = ownerOf(token);
    if (owner === by.process.plan.id) return;
    const task = ledger.of(hash);
    const since = task.holder?.claimedAt ?? 0;
    if (resultSince.has(hash) || task.stored.length > 0 || mayBeRemoved(task, since)) return;
    if (this.#hasFaults(owner, since)) return;
    const { holder } = task;
    if (this.#wasUndone(task, by)) {
      if (holder?.token === token) holder.state = "gave up";
      return;
    }
    if (how === "taken" && this.#wasStoppedInBetween(by)) {
      if (holder?.token === token && holder.state === "holds") {
        holder.state = "gave up";
        this.#lookedAt.set(lock, holder);
      }
      return;
    }
    const takenSince = claimingSince.get(by) ?? 0;
    if (!owners.mustSeemAlive(owner, by.process, takenSince)) {
      if (holder?.token === token) holder.takenSince = takenSince;
      return;
    }
    report(`the lock ${token} of ${hash}, whose owner lives, was ${how} by ${by.name}`);
  }

  /** Whether calls of an owner failed since `since`, so that it may have lost its lock. */
  #hasFaults(owner: string, since: number): boolean {
    const process = this.#parts.owners.process(owner);
    return process !== undefined && process.faultedAt >= since;
  }

  /**
   * A case that docs/file-backend.md lists under "What remains": the holder of the right to a lock is stopped for at
   * least half a lease between its last look at its clock and the very next call. It then takes a lock although it was
   * succeeded, and puts it back.
   */
  #wasStoppedInBetween({ process, askedAt }: SimClaimant): boolean {
    return this.#parts.world.now - askedAt > process.plan.leaseMs / 2;
  }

  /**
   * The other case listed there: the result that this process was storing was removed, so the task was claimed again.
   */
  #wasUndone(task: TaskRecord, { process }: SimClaimant): boolean {
    return [...task.authors].some(([token, at]) => ownerOf(token) === process.plan.id && mayBeRemoved(task, at));
  }
}
