/**
 * The table of changes, from which waiting workers learn what others did. It is only a hint: old rows are deleted.
 *
 * @module
 */
import { pause } from "../../core/pause.ts";
import { type Hash, isHash } from "../../core/brand.ts";
import type { Change } from "../backend.ts";
import { type Connection, intOf, textOf } from "./connection.ts";
import type { Database } from "./database.ts";

const KINDS = ["finished", "failed", "released", "removed"] as const;

/** How many rows to keep. A reader that is further behind asks for results anyway. */
const KEPT = 100_000;
/** Old rows are deleted when the row number passes a multiple of this. */
const TRIM_EVERY = 10_000;
const READ_AT_ONCE = 10_000;

// A look costs about 5 µs and a timer 20 µs. Every 25 ms, that is a tenth of a percent of a core, and no task waits
// longer.
const FIRST_LOOK_MS = 5;
const LAST_LOOK_MS = 25;

/** Adds rows, in the caller's transaction. */
export function announce(db: Connection, kind: Change["kind"], hashes: Iterable<Hash>): void {
  let added = 0;
  for (const hash of hashes) added += db.run("INSERT INTO changes (kind, hash) VALUES (?, ?)", kind, hash);
  if (added === 0) return;
  const last = lastChange(db);
  if (last % TRIM_EVERY < added) db.run("DELETE FROM changes WHERE seq <= ?", last - KEPT);
}

/** Returns the number of the newest row, 0 if there never was one. */
function lastChange(db: Connection): number {
  return intOf(db.row("SELECT coalesce(max(seq), 0) AS last FROM changes")?.["last"]);
}

/** How far one backend has read. */
export interface ChangeReader {
  /** Waits for rows that were not read yet. Returns none if `signal` aborts or the reader is closed. */
  wait(signal: AbortSignal): Promise<readonly Change[]>;
  close(): void;
}

/** Creates a reader that begins at the current end. */
export async function readChanges(database: Database): Promise<ChangeReader> {
  const closing = new AbortController();
  let position = await database.read(lastChange, 0);

  // PRAGMA data_version would show only the commits of others, and costs as much as reading the end of the table.
  function readNew(db: Connection): Change[] {
    const rows = db.rows(
      "SELECT seq, kind, CAST(hash AS TEXT) AS hash FROM changes WHERE seq > ? ORDER BY seq LIMIT ?",
      position,
      READ_AT_ONCE,
    );
    const changes: Change[] = [];
    for (const row of rows) {
      position = intOf(row["seq"]);
      const hash = textOf(row["hash"]);
      const kind = KINDS.find((kind) => kind === row["kind"]);
      if (kind !== undefined && isHash(hash)) changes.push({ kind, hash });
    }
    return changes;
  }

  return {
    async wait(signal) {
      const either = AbortSignal.any([signal, closing.signal]);
      for (let ms = FIRST_LOOK_MS; !either.aborted; ms = Math.min(ms * 1.3, LAST_LOOK_MS)) {
        const changes = await database.read(readNew, []);
        if (changes.length > 0) return changes;
        await pause(ms, either);
      }
      return [];
    },
    close: () => closing.abort(),
  };
}
