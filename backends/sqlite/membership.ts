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
import type { WorkerFiles } from "./worker_files.ts";

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
  const gone = await database.write((db) => tidy(db, liveness));
  let file = files.hold(id);
  let isMember = true;
  try {
    const known = await database.write((db) => {
      enter(db, file !== undefined);
      return new Set(db.rows("SELECT id FROM owners").map((row) => row["id"]));
    });
    for (const dead of gone) files.remove(dead);
    files.tidy((name) => known.has(name));
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
      await database.write((db) => {
        giveUpAll(db, id);
        db.run("DELETE FROM owners WHERE id = ?", id);
      });
      isMember = false;
      file?.close();
      file = undefined;
      files.remove(id);
    },
  };
}
