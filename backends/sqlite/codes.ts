/**
 * The texts of functions that computed results: rows, by their ids. What lies under an id never changes.
 *
 * The table is made by whoever keeps the first: earlier versions of jug made databases without it, and pass it over.
 *
 * @module
 */
import type { CodeEntry } from "../backend.ts";
import { isCodeId } from "../form.ts";
import { type Connection, textOf } from "./connection.ts";

/** Every entry. */
export function listCodes(db: Connection): CodeEntry[] {
  if (db.row("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'codes'") === undefined) return [];
  return db.rows("SELECT CAST(id AS TEXT) AS id, CAST(text AS TEXT) AS text FROM codes").map((row) => ({
    id: textOf(row["id"]),
    text: textOf(row["text"]),
  }))
    .filter(({ id }) => isCodeId(id));
}

/** Keeps entries. */
export function addCodes(db: Connection, entries: readonly CodeEntry[]): void {
  db.exec("CREATE TABLE IF NOT EXISTS codes (id TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID");
  for (const { id, text } of entries) db.run("INSERT OR IGNORE INTO codes (id, text) VALUES (?, ?)", id, text);
}
