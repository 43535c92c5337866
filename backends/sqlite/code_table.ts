/**
 * The texts of functions that computed results: one row each, by id. The text of an id never changes.
 *
 * @module
 */
import type { CodeEntry } from "../backend.ts";
import { isCodeId } from "../validation.ts";
import { type Connection, textOf } from "./connection.ts";

/** Returns all entries. */
export function listCodes(db: Connection): CodeEntry[] {
  return db.rows("SELECT CAST(id AS TEXT) AS id, CAST(text AS TEXT) AS text FROM codes").map((row) => ({
    id: textOf(row["id"]),
    text: textOf(row["text"]),
  }))
    .filter(({ id }) => isCodeId(id));
}

/** Adds entries. */
export function addCodes(db: Connection, entries: readonly CodeEntry[]): void {
  for (const { id, text } of entries) db.run("INSERT OR IGNORE INTO codes (id, text) VALUES (?, ?)", id, text);
}
