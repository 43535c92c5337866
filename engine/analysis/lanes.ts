/**
 * Lanes: the runs of a worker in rows beside each other, so that no two of a lane overlap. A worker has one lane,
 * unless it runs tasks concurrently, or its clock was set back.
 *
 * @module
 */
import { type RowsByWorker, rowsOf } from "./by_worker.ts";
import { endAt, type RunColumns } from "./run_columns.ts";

/** The lanes of all workers. */
export interface Lanes {
  /** The lane of each row, counted from 0 for each worker. */
  readonly lane: Uint32Array;
  /** How many lanes each worker has. */
  readonly counts: Uint32Array;
}

/** Assigns each run to a lane of its worker. */
export function lanesOf(columns: RunColumns, byWorker: RowsByWorker): Lanes {
  const lane = new Uint32Array(columns.count);
  const counts = new Uint32Array(columns.workers.length);
  for (let worker = 0; worker < counts.length; worker++) {
    const rows = rowsOf(byWorker, worker);
    counts[worker] = overlap(columns, rows) ? spread(columns, rows, lane) : Math.min(1, rows.length);
  }
  return { lane, counts };
}

function overlap(columns: RunColumns, rows: Uint32Array): boolean {
  let last = -Infinity;
  for (const row of rows) {
    if ((columns.start[row] ?? 0) < last) return true;
    last = endAt(columns, row);
  }
  return false;
}

/** Spreads runs over as few lanes as possible, and returns how many these are. */
function spread(columns: RunColumns, rows: Uint32Array, lane: Uint32Array): number {
  const ends = Float64Array.from(rows, (row) => endAt(columns, row));
  // Positions in `rows`, in the order of the ends. Of runs that end together, those that began first come first. So a
  // run that takes no time comes after all that end when it begins, which have their lanes already.
  const byEnd = Uint32Array.from(rows, (_, position) => position);
  byEnd.sort((a, b) => (ends[a] ?? 0) - (ends[b] ?? 0) || a - b);
  const free: number[] = [];
  let lanes = 0;
  let ended = 0;
  for (const [position, row] of rows.entries()) {
    const start = columns.start[row] ?? 0;
    for (let next = byEnd[ended]; next !== undefined && next < position; next = byEnd[++ended]) {
      if ((ends[next] ?? 0) > start) break;
      free.push(lane[rows[next] ?? 0] ?? 0);
    }
    lane[row] = free.pop() ?? lanes++;
  }
  return lanes;
}
