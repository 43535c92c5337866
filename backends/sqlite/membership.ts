/**
 * A process's registration: its row with the heartbeat, and its file with the flock.
 *
 * @module
 */
import { isHash } from "../../core/brand.ts";
import type { Membership, Owner } from "../backend.ts";
import { TIDY_EVERY } from "../stillness.ts";
import { announce } from "./changes.ts";
import { type Connection, textOf } from "./connection.ts";
import type { Database } from "./database.ts";
import type { Tidying } from "./tidying.ts";
import type { WorkerFiles } from "./worker_files.ts";

function giveUpAll(db: Connection, owner: string): void {
  const hashes = db.rows("SELECT CAST(hash AS TEXT) AS hash FROM locks WHERE owner = ?", owner).map((row) =>
    textOf(row["hash"])
  );
  const finished = new Set(
    db.rows("SELECT hash FROM locks JOIN results USING (hash) WHERE owner = ?", owner).map((row) => row["hash"]),
  );
  db.run("DELETE FROM locks WHERE owner = ?", owner);
  announce(db, "released", hashes.filter(isHash).filter((hash) => !finished.has(hash)));
}

/**
 * Notes that the folder of workers will be ours, if nothing has its name yet. Written before the folder is made: a process
 * that is killed in between, or before it removes the folder again, leaves one that the next to leave removes.
 *
 * The table is made by whoever notes it first: earlier versions of jug made databases without it, and pass it over.
 */
function noteFolder(db: Connection, files: WorkerFiles): void {
  if (!files.isFolderAbsent() || isFolderOurs(db)) return;
  db.exec("CREATE TABLE IF NOT EXISTS own_folders (name TEXT PRIMARY KEY) WITHOUT ROWID");
  db.run("INSERT OR IGNORE INTO own_folders (name) VALUES ('workers')");
}

function isFolderOurs(db: Connection): boolean {
  const hasTable = db.row("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'own_folders'") !== undefined;
  return hasTable && db.row("SELECT name FROM own_folders WHERE name = 'workers'") !== undefined;
}

/** Registers `owner`. */
export async function enlist(
  database: Database,
  files: WorkerFiles,
  tidying: Tidying,
  owner: Owner,
): Promise<Membership> {
  const { id, leaseMs } = owner;

  function enter(db: Connection, flocked: boolean): void {
    db.run(
      "INSERT OR REPLACE INTO owners (id, lease_ms, beat, flocked) VALUES (?, ?, 0, ?)",
      id,
      leaseMs,
      flocked ? 1 : 0,
    );
  }

  // Made first, so that what stands in the way of the database shows before a file lies beside it.
  const gone = await database.write((db) => {
    noteFolder(db, files);
    // Told of before it is made: one that a killed process left without a word in it is known by that.
    enter(db, false);
    return tidying.removeRows(db);
  });
  let file = files.hold(id);
  let isMember = true;
  let beat = 0;
  try {
    await database.write((db) => enter(db, file !== undefined));
    await tidying.removeFiles(gone);
  } catch (error) {
    file?.close();
    files.remove(id);
    throw error;
  }

  return {
    async renew() {
      if (!isMember) return;
      await database.write((db) => {
        // A row that somebody removed makes us count as dead until it is back.
        if (db.run("UPDATE owners SET beat = beat + 1 WHERE id = ?", id) === 0) enter(db, file !== undefined);
      });
      if (++beat % TIDY_EVERY === 0) await tidying.tidy();
    },
    async leave() {
      if (!isMember) return;
      let isOurs = false;
      try {
        isOurs = await database.write((db) => {
          giveUpAll(db, id);
          db.run("DELETE FROM owners WHERE id = ?", id);
          return isFolderOurs(db);
        });
      } finally {
        // Where the locks could not be given up, that tells others that they may be taken.
        file?.close();
        file = undefined;
      }
      isMember = false;
      files.remove(id);
      if (isOurs) files.removeFolder();
    },
  };
}
