/**
 * The texts of functions that computed results, and of their modules: one row each, by id. The text of an id never changes.
 *
 * @module
 */
import type { CodeEntry } from "../backend.ts";
import { isCodeId, isTextId } from "../validation.ts";
import { type Connection, textOf } from "./connection.ts";

/** Returns all entries of functions. */
export function listCodes(db: Connection): CodeEntry[] {
  const rows = db.rows(
    "SELECT CAST(id AS TEXT) AS id, CAST(text AS TEXT) AS text FROM codes WHERE length(CAST(id AS TEXT)) = 16",
  );
  return rows.map((row) => ({ id: textOf(row["id"]), text: textOf(row["text"]) })).filter(({ id }) => isCodeId(id));
}

/** Returns the text of each of these entries, `undefined` if there is none. */
export function loadCodes(db: Connection, ids: readonly string[]): (string | undefined)[] {
  return ids.map((id) => {
    const [row] = isTextId(id) ? db.rows("SELECT CAST(text AS TEXT) AS text FROM codes WHERE id = ?", id) : [];
    return row === undefined ? undefined : textOf(row["text"]);
  });
}

/** Adds entries. */
export function addCodes(db: Connection, entries: readonly CodeEntry[]): void {
  for (const { id, text } of entries) db.run("INSERT OR IGNORE INTO codes (id, text) VALUES (?, ?)", id, text);
}
