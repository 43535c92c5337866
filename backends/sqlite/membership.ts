/**
 * A process's registration: its row with the heartbeat, its file with the flock, and tidying up after others.
 *
 * @module
 */
import { isHash } from "../../core/brand.ts";
import type { Membership, Owner } from "../backend.ts";
import { announce } from "./changes.ts";
import { type Connection, intOf, textOf } from "./connection.ts";
import type { Database } from "./database.ts";
import type { Liveness } from "./liveness.ts";
import type { Stage, WorkerFiles } from "./worker_files.ts";

/** Removes the rows of dead processes; answers whose they were. Their locks stay until somebody claims the tasks. */
function tidy(db: Connection, liveness: Liveness): string[] {
  const owners = db.rows("SELECT CAST(id AS TEXT) AS id, flocked = 1 AS flocked FROM owners");
  const gone = owners.filter((row) => liveness.isGone(textOf(row["id"]), intOf(row["flocked"]) === 1))
    .map((row) => textOf(row["id"]));
  for (const owner of gone) {
    db.run("DELETE FROM locks WHERE owner = ? AND hash IN (SELECT hash FROM results)", owner);
    db.run("DELETE FROM owners WHERE id = ?", owner);
  }
  return gone;
}

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

function stagesOf(db: Connection): Map<string, Stage> {
  const rows = db.rows("SELECT CAST(id AS TEXT) AS id, flocked = 1 AS flocked FROM owners");
  return new Map(rows.map((row) => [textOf(row["id"]), intOf(row["flocked"]) === 1 ? "member" : "coming"]));
}

/** One that is alive enters itself again. */
function removeComing(db: Connection, owner: string): void {
  db.run("DELETE FROM owners WHERE id = ? AND flocked = 0", owner);
}

/** Registers `owner`. */
export async function enlist(
  database: Database,
  files: WorkerFiles,
  liveness: Liveness,
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
    return tidy(db, liveness);
  });
  let file = files.hold(id);
  let isMember = true;
  try {
    const stages = await database.write((db) => {
      enter(db, file !== undefined);
      return stagesOf(db);
    });
    for (const dead of gone) files.remove(dead);
    const tidied = files.tidy((name) => stages.get(name) ?? "absent").filter((name) => stages.has(name));
    if (tidied.length > 0) await database.write((db) => tidied.forEach((name) => removeComing(db, name)));
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
