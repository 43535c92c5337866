/**
 * Removes what dead processes left behind: their rows, their locks beside results, and their files.
 *
 * @module
 */
import { isOwnerId, leaseOf, ORPHAN_LEASE_MS } from "../validation.ts";
import { createStillness, STILL_LEASES } from "../stillness.ts";
import { type Connection, intOf, type Row, textOf } from "./connection.ts";
import type { Database } from "./database.ts";
import type { OwnerLiveness } from "./owner_liveness.ts";
import type { Stage, WorkerFiles } from "./worker_files.ts";

/** What tidying depends on. */
export interface TidyingParts {
  readonly database: Database;
  readonly files: WorkerFiles;
  readonly liveness: OwnerLiveness;
  /** A monotonic clock in milliseconds. */
  readonly clock: () => number;
}

/** Tidying, which remembers what it saw. */
export interface Tidying {
  /**
   * Removes the rows of dead processes, and their locks beside results. Returns the ids of these processes. Their other
   * locks stay until somebody claims the tasks.
   */
  removeRows(db: Connection): string[];
  /**
   * Removes the files of these owners, and the files of processes that were killed while they registered. Returns how
   * many of the latter were removed.
   */
  removeFiles(gone: readonly string[]): Promise<number>;
  /** Does both. Returns how many processes were tidied up. */
  tidy(): Promise<number>;
  /** Forgets how long heartbeats were unchanged. To be called after a time in which nobody could write. */
  forget(): void;
}

function stagesOf(db: Connection): Map<string, Stage> {
  const rows = db.rows("SELECT CAST(id AS TEXT) AS id, flocked = 1 AS flocked FROM owners");
  return new Map(rows.map((row) => [textOf(row["id"]), intOf(row["flocked"]) === 1 ? "member" : "coming"]));
}

/** Removes the row of an owner without a file. If the owner is alive, it enters itself again. */
function removeComing(db: Connection, owner: string): void {
  db.run("DELETE FROM owners WHERE id = ? AND flocked = 0", owner);
}

/** Creates a tidying that has seen nothing yet. */
export function createTidying({ database, files, liveness, clock }: TidyingParts): Tidying {
  const stillness = createStillness(clock);

  /** Whether an owner has certainly ended, or has given no sign of life for ten leases. */
  function isGone(row: Row, before: number): boolean {
    const owner = textOf(row["id"]);
    if (!isOwnerId(owner)) return false;
    if (liveness.isGone(owner, intOf(row["flocked"]) === 1)) return true;
    const quietMs = stillness.quietMs(owner, textOf(row["beat"]), before);
    const isStill = quietMs >= STILL_LEASES * (leaseOf(row["lease_ms"]) ?? ORPHAN_LEASE_MS);
    // A process that is only stopped still holds its flock.
    return isStill && files.look(owner) !== "held";
  }

  function removeRows(db: Connection): string[] {
    stillness.newLook();
    const before = clock();
    const owners = db.rows(
      "SELECT CAST(id AS TEXT) AS id, CAST(beat AS TEXT) AS beat, lease_ms, flocked = 1 AS flocked FROM owners",
    );
    const gone = owners.filter((row) => isGone(row, before)).map((row) => textOf(row["id"]));
    for (const owner of gone) {
      db.run("DELETE FROM locks WHERE owner = ? AND hash IN (SELECT hash FROM results)", owner);
      db.run("DELETE FROM owners WHERE id = ?", owner);
    }
    return gone;
  }

  async function removeFiles(gone: readonly string[]): Promise<number> {
    for (const owner of gone) files.remove(owner);
    const stages = await database.read(stagesOf, new Map<string, Stage>());
    const tidied = files.tidy((name) => stages.get(name) ?? "absent");
    const coming = tidied.filter((name) => stages.has(name));
    if (coming.length > 0) await database.change((db) => coming.forEach((name) => removeComing(db, name)), undefined);
    return tidied.length;
  }

  return {
    removeRows,
    removeFiles,
    async tidy() {
      const gone = await database.change(removeRows, []);
      return gone.length + await removeFiles(gone);
    },
    forget: () => stillness.forget(),
  };
}
