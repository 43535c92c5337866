/**
 * What is known of the runs that led to results and failures: columns beside the bytes.
 *
 * @module
 */
import type { RunEntry, RunInfo } from "../backend.ts";
import { numberIn } from "../stored/fields.ts";
import { runInfoOf } from "../stored/run_info.ts";
import type { Connection } from "./connection.ts";
import { type Page, pageOf } from "./paging.ts";

/** The columns, in the order of {@linkcode runValues}. */
export const RUN_COLUMNS = "name, start, finish, worker, code, trace, args";

const LIST_BATCH = 1024;
const TABLES = { result: "results", failure: "failures" } as const;

/** Returns the values of the columns. */
export function runValues(info: RunInfo | undefined): (string | number | null)[] {
  if (info === undefined) return [null, null, null, null, null, null, null];
  const { name, start, finish, worker, code, trace, args } = info;
  return [name, start, finish, worker, code ?? null, trace ?? null, args ?? null];
}

/** Returns a page of the runs that led to results, or to failures: those after `after`, in the order of hashes. */
export function runsAfter(db: Connection, kind: RunEntry["kind"], after: string): Page<RunEntry> {
  // SQLite knows the length of a value from the head of the row.
  const rows = db.rows(
    `SELECT hash, CAST(name AS TEXT) AS name, CAST(start AS REAL) AS start, CAST(finish AS REAL) AS finish,
       CAST(worker AS TEXT) AS worker, CAST(code AS TEXT) AS code, CAST(trace AS TEXT) AS trace,
       CAST(args AS TEXT) AS args, length(bytes) AS size
     FROM ${TABLES[kind]} WHERE hash > ? AND typeof(hash) = 'text' AND name IS NOT NULL ORDER BY hash LIMIT ?`,
    after,
    LIST_BATCH,
  );
  return pageOf(rows, (row, hash) => {
    const info = runInfoOf(row);
    return info === undefined ? undefined : { hash, kind, size: numberIn(row["size"]) ?? 0, ...info };
  });
}
