/**
 * The registration of a process: its row with the heartbeat, and its file with the flock.
 *
 * @module
 */
import { isHash } from "../../core/brand.ts";
import type { Membership, Owner } from "../backend.ts";
import { TIDY_EVERY } from "../stillness.ts";
import { announce } from "./changes.ts";
import { type Connection, textOf } from "./connection.ts";
import type { Database } from "./database.ts";
import { enterProcess, noteLeft } from "./processes.ts";
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
 * Records that jug is about to create the folder of worker files, if nothing has that name yet. This is written before
 * the folder is created. So if a process is killed in between, or before it removes the folder, the next process that
 * leaves removes it.
 */
function noteFolder(db: Connection, files: WorkerFiles): void {
  if (!files.isFolderAbsent() || isFolderOurs(db)) return;
  db.run("INSERT OR IGNORE INTO own_folders (name) VALUES ('workers')");
}

function isFolderOurs(db: Connection): boolean {
  return db.row("SELECT name FROM own_folders WHERE name = 'workers'") !== undefined;
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

  // Write to the database first, so that a problem with it shows before a file is created beside it.
  const gone = await database.write((db) => {
    noteFolder(db, files);
    // Enter the owner before its file is created. If this process is killed and leaves an empty file, the row
    // identifies the file.
    enter(db, false);
    enterProcess(db, owner);
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
        // If somebody removed the row, this owner counts as dead until the row is back.
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
          noteLeft(db, id, Date.now());
          return isFolderOurs(db);
        });
      } finally {
        // If the locks could not be released, the free flock shows others that they may be taken.
        file?.close();
        file = undefined;
      }
      isMember = false;
      files.remove(id);
      if (isOurs) files.removeFolder();
    },
  };
}
