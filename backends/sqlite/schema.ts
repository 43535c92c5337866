/**
 * The tables of a database, and how it is distinguished from the databases of other programs.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import { shellQuote } from "../../core/remedy/shell_quote.ts";
import { type Connection, intOf } from "./connection.ts";

/** "jug1" in ASCII. SQLite stores it in the file's header, so that `file primes.jugdb` shows it, too. */
const APPLICATION_ID = 0x6a756731;
/** The version of the tables that this module creates. */
export const FORMAT = 2;
/** The version before, which `jug upgrade` converts. */
export const OLD_FORMAT = 1;

/** The columns for what is known of a run. They are NULL if it is not known. */
const RUN = "name TEXT, start INTEGER, finish INTEGER, worker TEXT, code TEXT, trace TEXT, args TEXT";

/**
 * The tables with columns for runs. They come before the bytes: SQLite reads a row from its beginning, and so skips the
 * pages that hold the rest of a large value. Results and failures keep their rowid, so that large values do not slow
 * down the search by hash.
 */
export const RUN_TABLES = `
  CREATE TABLE results (hash TEXT PRIMARY KEY, ${RUN}, bytes BLOB NOT NULL);
  CREATE TABLE failures (hash TEXT PRIMARY KEY, token TEXT NOT NULL, ${RUN}, bytes BLOB NOT NULL);
`;

/** The tables that a database of the version before lacks, or has only if something was to be written to them. */
export const NEW_TABLES = `
  CREATE TABLE processes (id TEXT PRIMARY KEY, host TEXT, pid INTEGER, started INTEGER, "left" INTEGER, options TEXT)
    WITHOUT ROWID;
  CREATE TABLE durations (
    name TEXT, class INTEGER, count INTEGER NOT NULL, total REAL NOT NULL, longest REAL NOT NULL,
    PRIMARY KEY (name, class)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS codes (id TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS own_folders (name TEXT PRIMARY KEY) WITHOUT ROWID;
`;

/** Sets the version of the tables. */
export const SET_FORMAT = `PRAGMA user_version = ${FORMAT};`;

const TABLES = `
  ${RUN_TABLES}
  CREATE TABLE locks (hash TEXT PRIMARY KEY, token TEXT NOT NULL, owner TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX locks_by_owner ON locks (owner);
  CREATE TABLE owners (id TEXT PRIMARY KEY, lease_ms REAL NOT NULL, beat INTEGER NOT NULL, flocked INTEGER NOT NULL);
  CREATE TABLE changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, hash TEXT NOT NULL);
  ${NEW_TABLES}
  PRAGMA application_id = ${APPLICATION_ID};
  ${SET_FORMAT}
`;

/** Returns the version of the tables. */
export function formatOf(db: Connection): number {
  return intOf(db.row("PRAGMA user_version")?.["user_version"]);
}

/**
 * Whether the tables exist.
 *
 * @param accepted The versions of the tables that the caller can use
 * @throws {JugError} of kind "backend", if the database belongs to another program or has another format
 */
export function checkFormat(
  db: Connection,
  address: string,
  accepted: readonly number[] = [FORMAT],
): "absent" | "known" {
  const id = intOf(db.row("PRAGMA application_id")?.["application_id"]);
  const format = formatOf(db);
  if (id === APPLICATION_ID) {
    if (accepted.includes(format)) return "known";
    throw new JugError("backend", `"${address}" has format ${format}; this version of jug knows format ${FORMAT}`, {
      remedy: format === OLD_FORMAT
        ? `Convert it: jug upgrade --jugdir ${shellQuote(address)}`
        : "Use the version of jug that made it, or choose another jugdir with --jugdir",
    });
  }
  if (id === 0 && format === 0 && db.row("SELECT name FROM sqlite_master LIMIT 1") === undefined) return "absent";
  throw new JugError("backend", `"${address}" is a database of another program`, {
    remedy: "Choose another file with --jugdir: jug creates it",
  });
}

/** Creates the tables, in the transaction that the caller has begun. */
export function createTables(db: Connection): void {
  db.exec(TABLES);
}
