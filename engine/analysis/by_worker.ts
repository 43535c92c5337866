/**
 * Runs in the order of their workers, and of time for each worker.
 *
 * @module
 */
import { endAt, type RunColumns } from "./run_columns.ts";

/** The rows of all workers. */
export interface RowsByWorker {
  /** The rows, those of the first worker first; each worker's in the order of their starts, and then of their ends. */
  readonly rows: Uint32Array;
  /** Where the rows of each worker begin in `rows`, and the end of the last one's. */
  readonly begins: Uint32Array;
}

/** Sorts the rows by worker, start and end. */
export function rowsByWorker(columns: RunColumns): RowsByWorker {
  const { count, worker, workers, start } = columns;
  const begins = new Uint32Array(workers.length + 1);
  for (let row = 0; row < count; row++) {
    const next = (worker[row] ?? 0) + 1;
    begins[next] = (begins[next] ?? 0) + 1;
  }
  for (let i = 1; i < begins.length; i++) begins[i] = (begins[i] ?? 0) + (begins[i - 1] ?? 0);
  const rows = new Uint32Array(count);
  const next = begins.slice();
  for (let row = 0; row < count; row++) {
    const of = worker[row] ?? 0;
    const at = next[of] ?? 0;
    rows[at] = row;
    next[of] = at + 1;
  }
  const byWorker = { rows, begins };
  for (let of = 0; of < workers.length; of++) {
    const own = rowsOf(byWorker, of);
    // A worker stores its results in about this order, and many backends list them in the order of storing.
    const compare = (a: number, b: number): number =>
      (start[a] ?? 0) - (start[b] ?? 0) || endAt(columns, a) - endAt(columns, b) || a - b;
    if (!isSorted(own, compare)) own.sort(compare);
  }
  return byWorker;
}

function isSorted(rows: Uint32Array, compare: (a: number, b: number) => number): boolean {
  for (let i = 1; i < rows.length; i++) if (compare(rows[i - 1] ?? 0, rows[i] ?? 0) > 0) return false;
  return true;
}

/** Returns the rows of one worker, in the order of their starts, and then of their ends. */
export function rowsOf({ rows, begins }: RowsByWorker, worker: number): Uint32Array {
  return rows.subarray(begins[worker], begins[worker + 1]);
}

/**
 * Calls `use` for each period in which at least one of these runs was under way, in the order of time. Periods that
 * overlap or touch are joined.
 *
 * @param rows In the order in which they began
 */
export function eachBusyPeriod(
  columns: Pick<RunColumns, "start" | "finish">,
  rows: Uint32Array,
  use: (from: number, to: number) => void,
): void {
  let [from, to] = [NaN, NaN];
  for (const row of rows) {
    const [start, end] = [columns.start[row] ?? 0, endAt(columns, row)];
    if (start <= to) {
      if (end > to) to = end;
      continue;
    }
    if (from <= to) use(from, to);
    [from, to] = [start, end];
  }
  if (from <= to) use(from, to);
}
