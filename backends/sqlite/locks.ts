/**
 * Claiming tasks and giving them up. Each is one transaction, so that looking, judging and taking cannot be parted.
 *
 * @module
 */
import { type Hash, isHash } from "../../core/brand.ts";
import type { Claimant, ClaimOutcome, Lock, LockEntry } from "../backend.ts";
import { announce } from "./changes.ts";
import { type Connection, textOf } from "./connection.ts";
import type { Liveness } from "./liveness.ts";
import { hasResult } from "./results.ts";

const LIST_BATCH = 256;

/** Locks tasks that have no result and no lock of a live owner. `nextCount` is unique for ever. */
export function claimAll(
  db: Connection,
  hashes: readonly Hash[],
  { owner, thread }: Claimant,
  { liveness, nextCount }: { liveness: Liveness; nextCount: () => string },
): ClaimOutcome[] {
  liveness.newRound();
  return hashes.map((hash): ClaimOutcome => {
    const token = `${owner.id}.${thread}.${nextCount()}`;
    // The usual claim is this one statement.
    const isNew = db.run(
      "INSERT OR IGNORE INTO locks (hash, token, owner) SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM results WHERE hash = ?1)",
      hash,
      token,
      owner.id,
    ) > 0;
    if (isNew) return { kind: "claimed", lock: { hash, token }, stolen: false };
    if (hasResult(db, hash)) {
      // A leftover, if there is one: with a result in place it means nothing.
      db.run("DELETE FROM locks WHERE hash = ? AND owner <> ?", hash, owner.id);
      return { kind: "finished" };
    }
    const holder = textOf(db.row("SELECT owner FROM locks WHERE hash = ?", hash)?.["owner"]);
    if (holder === owner.id || liveness.judge(db, holder) !== "dead") return { kind: "held", owner: holder };
    db.run("UPDATE locks SET token = ?, owner = ? WHERE hash = ?", token, owner.id, hash);
    return { kind: "claimed", lock: { hash, token }, stolen: true };
  });
}

/** Gives up the locks that are still those. */
export function releaseAll(db: Connection, locks: readonly Lock[]): void {
  const released = locks.filter(({ hash, token }) =>
    db.run("DELETE FROM locks WHERE hash = ? AND token = ?", hash, token) > 0
  );
  announce(db, "released", released.map(({ hash }) => hash));
}

/** Removes locks, whoever holds them. */
export function removeLocks(db: Connection, hashes: readonly Hash[]): number {
  const removed = hashes.filter((hash) => db.run("DELETE FROM locks WHERE hash = ?", hash) > 0);
  announce(db, "released", removed);
  return removed.length;
}

/** The locks that follow `after` in the order of hashes, leftovers left out. */
export function locksAfter(db: Connection, after: string, liveness: Liveness): LockEntry[] {
  liveness.newRound();
  const rows = db.rows(
    "SELECT hash, token, owner FROM locks WHERE hash > ? AND hash NOT IN (SELECT hash FROM results) ORDER BY hash LIMIT ?",
    after,
    LIST_BATCH,
  );
  return rows.flatMap((row) => {
    const hash = textOf(row["hash"]);
    const owner = textOf(row["owner"]);
    return isHash(hash) ? [{ hash, token: textOf(row["token"]), owner, state: liveness.judge(db, owner) }] : [];
  });
}
