/**
 * How busy workers were, each and all together over time. A worker is busy while it runs at least one task.
 *
 * @module
 */
import { eachBusyPeriod, type RowsByWorker, rowsOf } from "./by_worker.ts";
import { joined, type WorkerPresence } from "./presence.ts";
import type { RunColumns } from "./run_columns.ts";

/** How busy one worker was. Times are in milliseconds. */
export interface WorkerUse {
  readonly presence: WorkerPresence;
  /** How many of its runs are known. */
  readonly runs: number;
  readonly busy: number;
  /** How long it was there. */
  readonly present: number;
}

/** How busy the workers were in one period. */
export interface UseSlice {
  /** The period, in milliseconds since 1970. Times in it at which nobody was there do not count. */
  readonly from: number;
  readonly to: number;
  /** The time that workers were busy, added up, in milliseconds. */
  readonly busy: number;
  /** The time that they were there, added up, in milliseconds. */
  readonly present: number;
  /** How long at least one of them was there, in milliseconds. */
  readonly attended: number;
}

/** Returns the part of the time that something was idle, between 0 and 1; `undefined` if there was no time. */
export function idleShare({ busy, present }: Pick<UseSlice, "busy" | "present">): number | undefined {
  return present > 0 ? Math.min(1, Math.max(0, 1 - busy / present)) : undefined;
}

/** Returns how busy each worker was. */
export function workerUse(
  columns: RunColumns,
  byWorker: RowsByWorker,
  workers: readonly WorkerPresence[],
): readonly WorkerUse[] {
  return workers.map((presence) => {
    const rows = presence.worker === undefined ? new Uint32Array() : rowsOf(byWorker, presence.worker);
    let busy = 0;
    eachBusyPeriod(columns, rows, (from, to) => busy += to - from);
    const present = presence.spans.reduce((sum, { from, to }) => sum + (to - from), 0);
    return { presence, runs: rows.length, busy, present };
  });
}

/**
 * Divides the time in which workers were there into `count` slices of equal length, and returns their borders. The time
 * in which nobody was there, between two runs for example, is passed over. Empty if there is no time.
 */
export function attendedBorders(workers: readonly WorkerPresence[], count: number): Float64Array {
  const attended = joined(workers.flatMap(({ spans }) => spans));
  const [first, last] = [attended[0], attended.at(-1)];
  const total = attended.reduce((sum, { from, to }) => sum + (to - from), 0);
  if (first === undefined || last === undefined || !(total > 0)) return new Float64Array();
  const borders = new Float64Array(count + 1);
  borders[0] = first.from;
  let [at, before] = [0, 0];
  for (let i = 1; i < count; i++) {
    const wanted = total * (i / count);
    let span = attended[at] ?? last;
    while (before + (span.to - span.from) < wanted && at < attended.length - 1) {
      before += span.to - span.from;
      span = attended[++at] ?? last;
    }
    borders[i] = Math.min(span.to, span.from + (wanted - before));
  }
  borders[count] = last.to;
  return borders;
}

/** Returns how busy the workers were between each border and the next. */
export function useOverTime(
  columns: RunColumns,
  byWorker: RowsByWorker,
  workers: readonly WorkerPresence[],
  borders: Float64Array,
): readonly UseSlice[] {
  const count = Math.max(0, borders.length - 1);
  const [busy, present, attended] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  for (const { worker, spans } of workers) {
    for (const { from, to } of spans) addTo(present, borders, from, to);
    if (worker === undefined) continue;
    eachBusyPeriod(columns, rowsOf(byWorker, worker), (from, to) => addTo(busy, borders, from, to));
  }
  for (const { from, to } of joined(workers.flatMap(({ spans }) => spans))) addTo(attended, borders, from, to);
  return Array.from(busy, (busy, i): UseSlice => ({
    from: borders[i] ?? 0,
    to: borders[i + 1] ?? 0,
    busy,
    present: present[i] ?? 0,
    attended: attended[i] ?? 0,
  }));
}

/** Adds the part of a period that is in each slice. */
function addTo(sums: Float64Array, borders: Float64Array, from: number, to: number): void {
  for (let i = sliceAt(borders, from); i < sums.length; i++) {
    const [begin, end] = [borders[i] ?? 0, borders[i + 1] ?? 0];
    if (begin >= to) return;
    const part = Math.min(to, end) - Math.max(from, begin);
    if (part > 0) sums[i] = (sums[i] ?? 0) + part;
  }
}

/** Returns the first slice that ends after `time`. */
function sliceAt(borders: Float64Array, time: number): number {
  let [low, high] = [0, borders.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((borders[middle + 1] ?? Infinity) > time) high = middle;
    else low = middle + 1;
  }
  return low;
}
