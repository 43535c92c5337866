/**
 * How owners are looked at in a database: by the heartbeat in the row of each, and by the flock on its file.
 *
 * @module
 */
import { leaseOf } from "../form.ts";
import { createLiveness, type Sight, type Verdict } from "../liveness.ts";
import { type Connection, intOf, textOf } from "./connection.ts";
import type { WorkerFiles } from "./worker_files.ts";

/** One observer of the owners in a database. */
export interface OwnerSights {
  /** Starts a new round of judgements; within one, every owner is looked at once. */
  newRound(): void;
  /** Forgets how long heartbeats were seen to stand still: nobody could write meanwhile. */
  forget(): void;
  judge(db: Connection, owner: string): Verdict;
  /** Whether the owner's process is gone, beyond doubt. */
  isGone(owner: string, flocked: boolean): boolean;
}

/** An observer without memories. `clock` counts milliseconds; its zero means nothing. */
export function createOwnerSights(files: WorkerFiles, clock: () => number): OwnerSights {
  const liveness = createLiveness({ clock });

  function sightOf(owner: string, flocked: boolean, stamp: string, leaseMs: number | undefined): Sight {
    return { kind: "seen", place: owner, stamp, isOwn: true, leaseMs, flock: flocked ? files.look(owner) : "unknown" };
  }

  function look(db: Connection, owner: string): Sight {
    const query = "SELECT CAST(beat AS TEXT) AS beat, lease_ms, flocked = 1 AS flocked FROM owners WHERE id = ?";
    const row = db.row(query, owner);
    if (row === undefined) return { kind: "left" };
    return sightOf(owner, intOf(row["flocked"]) === 1, textOf(row["beat"]), leaseOf(row["lease_ms"]));
  }

  return {
    newRound: liveness.newRound,
    forget: liveness.forget,
    judge: (db, owner) => liveness.judge(owner, () => look(db, owner)),
    isGone: (owner, flocked) => liveness.fate(owner, () => sightOf(owner, flocked, "", undefined)) === "gone",
  };
}
