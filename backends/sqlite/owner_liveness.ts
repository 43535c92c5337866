/**
 * Observes owners in a database: by the heartbeat in each owner's row, and by the flock on its file.
 *
 * @module
 */
import { leaseOf } from "../validation.ts";
import { createLiveness, type Sight, type Verdict } from "../liveness.ts";
import { type Connection, intOf, textOf } from "./connection.ts";
import type { WorkerFiles } from "./worker_files.ts";

/** One observer of the owners in a database. */
export interface OwnerLiveness {
  /** Starts a new round of judgements. Within a round, every owner is observed once. */
  newRound(): void;
  /** Forgets how long heartbeats were unchanged. To be called after a time in which nobody could write. */
  forget(): void;
  judge(db: Connection, owner: string): Verdict;
  /** Whether the owner's process has certainly ended. */
  isGone(owner: string, flocked: boolean): boolean;
}

/**
 * Creates an observer that has seen nothing yet. `clock` is a monotonic clock in milliseconds, with an arbitrary zero.
 */
export function createOwnerLiveness(files: WorkerFiles, clock: () => number): OwnerLiveness {
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
