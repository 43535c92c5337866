/**
 * Results: one row each, with the bytes and what is known of the run. The result that is stored first is kept.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { CompleteOutcome, Completion, RunInfo } from "../backend.ts";
import { announce } from "./changes.ts";
import { bytesOf, type Connection } from "./connection.ts";
import { addDurations } from "./durations.ts";
import { type Page, pageOf } from "./paging.ts";
import { RUN_COLUMNS, runValues } from "./runs.ts";

const LIST_BATCH = 1024;
/** The maximum length of a value in SQLite, in bytes. */
const LARGEST = 2 ** 31 - 1;
const INSERT = `INSERT OR IGNORE INTO results (hash, ${RUN_COLUMNS}, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Whether there is a result. */
export function hasResult(db: Connection, hash: Hash): boolean {
  return db.row("SELECT 1 FROM results WHERE hash = ?", hash) !== undefined;
}

/** Returns the bytes of a result, `undefined` if there is none. */
export function loadResult(db: Connection, hash: Hash): Uint8Array | undefined {
  const row = db.row("SELECT CAST(bytes AS BLOB) AS bytes FROM results WHERE hash = ?", hash);
  return row === undefined ? undefined : bytesOf(row["bytes"]);
}

/** Returns the first `length` bytes of a result, `undefined` if there is none. */
export function loadHead(db: Connection, hash: Hash, length: number): Uint8Array | undefined {
  // `substr` of an empty value is NULL.
  const query = "SELECT coalesce(substr(bytes, 1, ?), x'') AS head FROM results WHERE hash = ?";
  const row = db.row(query, Math.min(length, LARGEST), hash);
  return row === undefined ? undefined : bytesOf(row["head"]);
}

/** Returns a page of the hashes of results: those after `after`, in their order. */
export function resultsAfter(db: Connection, after: string): Page<Hash> {
  const rows = db.rows(
    "SELECT hash FROM results WHERE hash > ? AND typeof(hash) = 'text' ORDER BY hash LIMIT ?",
    after,
    LIST_BATCH,
  );
  return pageOf(rows, (_, hash) => hash);
}

/** Stores results if there are none yet, and releases the locks that they were computed under. */
export function completeAll(db: Connection, items: readonly Completion[]): CompleteOutcome[] {
  const stored: Hash[] = [];
  const runs: RunInfo[] = [];
  const outcomes = items.map(({ hash, bytes, lock, info }): CompleteOutcome => {
    const isFirst = db.run(INSERT, hash, ...runValues(info), bytes) > 0;
    if (isFirst) stored.push(hash);
    if (isFirst && info !== undefined) runs.push(info);
    db.run("DELETE FROM failures WHERE hash = ?", hash);
    if (lock !== undefined) db.run("DELETE FROM locks WHERE hash = ? AND token = ?", hash, lock.token);
    return isFirst ? "stored" : "kept";
  });
  addDurations(db, runs);
  announce(db, "finished", stored);
  return outcomes;
}

/** Removes results. Returns those that existed. */
export function removeResults(db: Connection, hashes: readonly Hash[]): Set<Hash> {
  const removed = new Set(hashes.filter((hash) => db.run("DELETE FROM results WHERE hash = ?", hash) > 0));
  announce(db, "removed", removed);
  return removed;
}

/** Removes a result if its bytes are still `bytes`. */
export function discardResult(db: Connection, hash: Hash, bytes: Uint8Array): boolean {
  const isSame = db.run("DELETE FROM results WHERE hash = ? AND CAST(bytes AS BLOB) = ?", hash, bytes) > 0;
  if (isSame) announce(db, "removed", [hash]);
  return isSame;
}
