/**
 * The tables of a database, and how it is distinguished from the databases of other programs.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import { type Connection, intOf } from "./connection.ts";

/** "jug1" in ASCII. SQLite stores it in the file's header, so that `file primes.jugdb` shows it, too. */
const APPLICATION_ID = 0x6a756731;
const FORMAT = 1;

// Results and failures keep their rowid, so that large values do not slow down the search by hash. Locks are small and
// need none.
const TABLES = `
  CREATE TABLE results (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL);
  CREATE TABLE locks (hash TEXT PRIMARY KEY, token TEXT NOT NULL, owner TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX locks_by_owner ON locks (owner);
  CREATE TABLE failures (hash TEXT PRIMARY KEY, token TEXT NOT NULL, bytes BLOB NOT NULL);
  CREATE TABLE owners (id TEXT PRIMARY KEY, lease_ms REAL NOT NULL, beat INTEGER NOT NULL, flocked INTEGER NOT NULL);
  CREATE TABLE changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, hash TEXT NOT NULL);
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${FORMAT};
`;

/**
 * Whether the tables exist.
 *
 * @throws {JugError} of kind "backend", if the database belongs to another program or has an unknown format
 */
export function checkFormat(db: Connection, address: string): "absent" | "known" {
  const id = intOf(db.row("PRAGMA application_id")?.["application_id"]);
  const format = intOf(db.row("PRAGMA user_version")?.["user_version"]);
  if (id === APPLICATION_ID) {
    if (format === FORMAT) return "known";
    throw new JugError("backend", `"${address}" has format ${format}; this version of jug knows format ${FORMAT}`, {
      remedy: "Use the version of jug that made it, or choose another jugdir with --jugdir",
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
