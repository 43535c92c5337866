/**
 * Claims tasks and releases them. Each operation is one transaction, so that checking, judging and taking a lock is
 * atomic.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { Claimant, ClaimOutcome, Lock, LockEntry, ReleaseOutcome } from "../backend.ts";
import { claimTimeOf } from "../stored/lock_token.ts";
import { isOwnerId, UNKNOWN_OWNER } from "../validation.ts";
import { announce } from "./changes.ts";
import { type Connection, textOf } from "./connection.ts";
import type { OwnerLiveness } from "./owner_liveness.ts";
import { type Page, pageOf } from "./paging.ts";
import { hasResult } from "./results.ts";

const LIST_BATCH = 256;

function shownOwner(id: string): string {
  return isOwnerId(id) ? id : UNKNOWN_OWNER;
}

/** Locks tasks that have no result and no lock of a live owner. `nextToken` returns a token that is never used again. */
export function claimAll(
  db: Connection,
  hashes: readonly Hash[],
  claimant: Claimant,
  { liveness, nextToken }: { liveness: OwnerLiveness; nextToken: (claimant: Claimant) => string },
): ClaimOutcome[] {
  const { owner } = claimant;
  liveness.newRound();
  return hashes.map((hash): ClaimOutcome => {
    const token = nextToken(claimant);
    // In the usual case, this statement is the whole claim.
    const isNew = db.run(
      "INSERT OR IGNORE INTO locks (hash, token, owner) SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM results WHERE hash = ?1)",
      hash,
      token,
      owner.id,
    ) > 0;
    if (isNew) return { kind: "claimed", lock: { hash, token }, stolen: false };
    if (hasResult(db, hash)) {
      // Beside a result, another owner's lock is a leftover and means nothing.
      db.run("DELETE FROM locks WHERE hash = ? AND owner <> ?", hash, owner.id);
      return { kind: "finished" };
    }
    const holder = textOf(db.row("SELECT CAST(owner AS TEXT) AS owner FROM locks WHERE hash = ?", hash)?.["owner"]);
    if (holder === owner.id || liveness.judge(db, holder) !== "dead") {
      return { kind: "held", owner: shownOwner(holder) };
    }
    db.run("UPDATE locks SET token = ?, owner = ? WHERE hash = ?", token, owner.id, hash);
    return { kind: "claimed", lock: { hash, token }, stolen: true };
  });
}

/** Releases the locks that are unchanged. Returns which ones these were. */
export function releaseAll(db: Connection, locks: readonly Lock[]): ReleaseOutcome[] {
  const outcomes = locks.map(({ hash, token }): ReleaseOutcome =>
    db.run("DELETE FROM locks WHERE hash = ? AND token = ?", hash, token) > 0 ? "released" : "lost"
  );
  announce(db, "released", locks.filter((_, index) => outcomes[index] === "released").map(({ hash }) => hash));
  return outcomes;
}

/** Removes locks, no matter who holds them. */
export function removeLocks(db: Connection, hashes: readonly Hash[]): number {
  const removed = hashes.filter((hash) => db.run("DELETE FROM locks WHERE hash = ?", hash) > 0);
  announce(db, "released", removed);
  return removed.length;
}

/** Returns a page of locks: those after `after`, in the order of hashes, without leftovers. */
export function locksAfter(db: Connection, after: string, liveness: OwnerLiveness): Page<LockEntry> {
  liveness.newRound();
  const rows = db.rows(
    `SELECT hash, CAST(token AS TEXT) AS token, CAST(owner AS TEXT) AS owner FROM locks
     WHERE hash > ? AND typeof(hash) = 'text' AND NOT EXISTS (SELECT 1 FROM results WHERE results.hash = locks.hash)
     ORDER BY hash LIMIT ?`,
    after,
    LIST_BATCH,
  );
  return pageOf(rows, (row, hash) => {
    const owner = textOf(row["owner"]);
    const [token, state] = [textOf(row["token"]), liveness.judge(db, owner)];
    return { hash, token, owner: shownOwner(owner), state, ...claimTimeOf(token) };
  });
}
