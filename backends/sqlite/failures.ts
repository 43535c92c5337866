/**
 * Failures: one row each, with the bytes, the token of the lock that it happened under, and what is known of the run.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { FailureEntry, FailureReport } from "../backend.ts";
import { announce } from "./changes.ts";
import { bytesOf, type Connection, textOf } from "./connection.ts";
import { releaseAll } from "./locks.ts";
import { type Page, pageOf } from "./paging.ts";
import { hasResult } from "./results.ts";
import { RUN_COLUMNS, runValues } from "./runs.ts";

const LIST_BATCH = 256;
const INSERT =
  `INSERT OR REPLACE INTO failures (hash, token, ${RUN_COLUMNS}, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Records failures of tasks that have no result, and releases the locks of all of them. */
export function failAll(db: Connection, items: readonly FailureReport[]): void {
  const open = items.filter(({ lock }) => !hasResult(db, lock.hash));
  for (const { lock, bytes, info } of open) db.run(INSERT, lock.hash, lock.token, ...runValues(info), bytes);
  announce(db, "failed", open.map(({ lock }) => lock.hash));
  releaseAll(db, items.map(({ lock }) => lock));
}

/** Returns a page of failures: those after `after`, in the order of hashes. */
export function failuresAfter(db: Connection, after: string): Page<FailureEntry> {
  const rows = db.rows(
    "SELECT hash, CAST(token AS TEXT) AS token FROM failures WHERE hash > ? AND typeof(hash) = 'text' ORDER BY hash LIMIT ?",
    after,
    LIST_BATCH,
  );
  return pageOf(rows, (row, hash) => ({ hash, token: textOf(row["token"]) }));
}

/** Returns the bytes of a failure, `undefined` if there is none. */
export function loadFailure(db: Connection, hash: Hash): Uint8Array | undefined {
  const row = db.row("SELECT CAST(bytes AS BLOB) AS bytes FROM failures WHERE hash = ?", hash);
  return row === undefined ? undefined : bytesOf(row["bytes"]);
}

/** Removes failures. Returns how many existed. */
export function removeFailures(db: Connection, hashes: readonly Hash[]): number {
  return hashes.filter((hash) => db.run("DELETE FROM failures WHERE hash = ?", hash) > 0).length;
}
