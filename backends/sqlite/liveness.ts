/**
 * Who is dead: at once, when the flock on its file can be taken; else when its heartbeat counter was seen unchanged for a
 * whole lease on the observer's own clock.
 *
 * @module
 */
import { leaseOf, ORPHAN_LEASE_MS } from "../form.ts";
import { type Connection, intOf, textOf } from "./connection.ts";
import type { Flock, WorkerFiles } from "./worker_files.ts";

/** What can be said of an owner. */
export type Verdict = "alive" | "dead" | "unknown";

/** The memory of one observer. */
export interface Liveness {
  /** Starts a new round of judgements; within one, every owner is looked at once. */
  newRound(): void;
  /** Forgets how long heartbeats were seen to stand still: nobody could write meanwhile. */
  forget(): void;
  judge(db: Connection, owner: string): Verdict;
  /** Whether the owner's process is gone, beyond doubt. */
  isGone(owner: string, flocked: boolean): boolean;
}

interface Memory {
  readonly beat: string;
  readonly since: number;
  readonly moved: boolean;
}

/** An observer without memories. `clock` counts milliseconds; its zero means nothing. */
export function createLiveness(files: WorkerFiles, clock: () => number): Liveness {
  const memories = new Map<string, Memory>();
  // Owners are unique for ever and a process does not come back.
  const gone = new Set<string>();
  const round = new Map<string, Verdict>();

  function isGone(owner: string, flocked: boolean): boolean {
    if (!gone.has(owner) && flocked && files.look(owner) === "free") gone.add(owner);
    return gone.has(owner);
  }

  function judge(db: Connection, owner: string): Verdict {
    // Read before the counter, so that no time counts twice.
    const before = clock();
    const row = db.row(
      "SELECT CAST(beat AS TEXT) AS beat, lease_ms, flocked = 1 AS flocked FROM owners WHERE id = ?",
      owner,
    );
    // It left, never joined, or was found dead by somebody else.
    if (row === undefined) return "dead";
    const flock: Flock = intOf(row["flocked"]) === 1 ? files.look(owner) : "unknown";
    if (flock === "free") {
      gone.add(owner);
      return "dead";
    }
    const beat = textOf(row["beat"]);
    const memory = memories.get(owner);
    if (memory?.beat !== beat) {
      memories.set(owner, { beat, since: clock(), moved: memory !== undefined });
      return memory !== undefined || flock === "held" ? "alive" : "unknown";
    }
    if (before - memory.since >= (leaseOf(row["lease_ms"]) ?? ORPHAN_LEASE_MS)) return "dead";
    return memory.moved || flock === "held" ? "alive" : "unknown";
  }

  return {
    newRound: () => round.clear(),
    forget: () => memories.clear(),
    judge(db, owner) {
      if (gone.has(owner)) return "dead";
      const verdict = round.get(owner) ?? judge(db, owner);
      round.set(owner, verdict);
      return verdict;
    },
    isGone,
  };
}
