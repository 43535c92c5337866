/**
 * Converts a database of format 1 to the present format.
 *
 * One transaction makes sure that no process of the old version works on the database, moves all rows to new tables,
 * and sets the format. So whatever interrupts it, the database has the old format or the new one. The old rows are
 * removed while they are moved, so that the new ones take the pages that become free. A process of the old version
 * that opened the database before can still read and write it afterwards: it leaves the new columns empty.
 *
 * @module
 */
import { inUseError, type UpgradeOutcome } from "../upgrade_outcome.ts";
import type { RunInfo } from "../backend.ts";
import { HEAD_BYTES, missingHead, runInfoOfRecord } from "../stored/run_info.ts";
import { bytesOf, type Connection, intOf, type Row, textOf } from "./connection.ts";
import { openDatabase } from "./database.ts";
import { addDurations } from "./durations.ts";
import { createOwnerLiveness, type OwnerLiveness } from "./owner_liveness.ts";
import { RUN_COLUMNS, runValues } from "./runs.ts";
import { FORMAT, formatOf, NEW_TABLES, OLD_FORMAT, RUN_TABLES, SET_FORMAT } from "./schema.ts";
import { workerFiles } from "./worker_files.ts";

/** Options of {@linkcode upgradeSqlite}. */
export interface UpgradeSqliteOptions {
  /** The file, as an absolute path. */
  readonly path: string;
  /** The database's name in messages. @default `sqlite:` and the path */
  readonly address?: string;
  /** A monotonic clock in milliseconds. @default performance.now */
  readonly clock?: () => number;
  /** Waits so many milliseconds. @default setTimeout */
  readonly pause?: (ms: number) => Promise<void>;
  /** How long another program may hold the database, in milliseconds. @default 60,000 */
  readonly busyLimitMs?: number;
}

/** How often owners are looked at, in milliseconds. */
const LOOK_MS = 250;
/** How many rows are moved at a time. */
const MOVE_ROWS = 500;

const HEAD = "coalesce(CAST(substr(bytes, 1, ?) AS BLOB), x'') AS head";

/**
 * Converts a database. Waits until it is known of each owner whether it is alive: for a lease at most.
 *
 * @throws {JugError} of kind "backend", if a process of the old version works on it, or if it cannot be read or written
 */
export async function upgradeSqlite(options: UpgradeSqliteOptions): Promise<UpgradeOutcome> {
  const { path, address = `sqlite:${path}`, clock = () => performance.now(), pause = sleep, busyLimitMs = 60_000 } =
    options;
  const files = workerFiles(path);
  const liveness = createOwnerLiveness(files, clock);
  const database = openDatabase({
    address,
    path,
    busyLimitMs,
    formats: [OLD_FORMAT, FORMAT],
    onBusy: liveness.forget,
    isInUse: files.isAnyHeld,
  });
  try {
    for (;;) {
      const outcome = await database.change((db) => upgradeNow(db, address, liveness), { kind: "absent" });
      if (outcome !== "unknown") return outcome;
      await pause(LOOK_MS);
    }
  } finally {
    database.close();
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Converts the database, unless it is unknown of an owner whether it is alive. */
function upgradeNow(db: Connection, address: string, liveness: OwnerLiveness): UpgradeOutcome | "unknown" {
  if (formatOf(db) === FORMAT) return { kind: "up-to-date" };
  liveness.newRound();
  const owners = db.rows("SELECT CAST(id AS TEXT) AS id FROM owners").map((row) => textOf(row["id"]));
  const verdicts = owners.map((owner) => liveness.judge(db, owner));
  const living = owners[verdicts.indexOf("alive")];
  if (living !== undefined) throw inUseError(address, living);
  return verdicts.includes("unknown") ? "unknown" : convert(db);
}

function convert(db: Connection): UpgradeOutcome {
  db.exec("ALTER TABLE results RENAME TO old_results; ALTER TABLE failures RENAME TO old_failures");
  db.exec(RUN_TABLES + NEW_TABLES);
  const results = moveRows(db, "results", "hash", (runs) => addDurations(db, runs));
  const failures = moveRows(db, "failures", "hash, token", () => {});
  db.exec(`DROP TABLE old_results; DROP TABLE old_failures; ${SET_FORMAT}`);
  return { kind: "converted", results, failures, damaged: [] };
}

/**
 * Moves all rows to the new table, and fills in what the metadata of their records say of the runs. Calls `moved` with
 * these. Returns the number of rows.
 */
function moveRows(
  db: Connection,
  table: "results" | "failures",
  columns: string,
  moved: (runs: readonly RunInfo[]) => void,
): number {
  let count = 0;
  for (;;) {
    const rows = db.rows(
      `SELECT rowid AS row, ${HEAD} FROM old_${table} ORDER BY rowid LIMIT ?`,
      HEAD_BYTES,
      MOVE_ROWS,
    );
    const last = rows.at(-1);
    if (last === undefined) return count;
    const runs: RunInfo[] = [];
    for (const row of rows) {
      const info = infoOf(db, table, row);
      if (info !== undefined) runs.push(info);
      db.run(
        `INSERT INTO ${table} (${columns}, ${RUN_COLUMNS}, bytes)
         SELECT ${columns}, ?, ?, ?, ?, ?, ?, ?, bytes FROM old_${table} WHERE rowid = ?`,
        ...runValues(info),
        intOf(row["row"]),
      );
    }
    db.run(`DELETE FROM old_${table} WHERE rowid <= ?`, intOf(last["row"]));
    moved(runs);
    count += rows.length;
  }
}

function infoOf(db: Connection, table: string, { row, head }: Row): RunInfo | undefined {
  const length = missingHead(bytesOf(head));
  if (length === undefined) return runInfoOfRecord(bytesOf(head));
  const whole = db.row(`SELECT ${HEAD} FROM old_${table} WHERE rowid = ?`, length, intOf(row));
  return runInfoOfRecord(bytesOf(whole?.["head"]));
}
