/**
 * Writes runs as a trace in the "Trace Event Format" of Chrome, which Perfetto and Speedscope read as well:
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 *
 * A process of the trace is one of jug; a thread of the trace is a lane of one of its workers. Events of one lane never
 * overlap, which the format demands. Times count from the first start, since viewers show them as 32-bit or 53-bit
 * numbers; `otherData.start` says when that was.
 *
 * @module
 */
import { rowsOf } from "../../engine/analysis/by_worker.ts";
import { lanesOf } from "../../engine/analysis/lanes.ts";
import { periodOf, placeOf } from "../../engine/analysis/presence.ts";
import { durationAt, hashAt, kindAt } from "../../engine/analysis/run_columns.ts";
import { Chunks } from "../display/chunks.ts";
import { isoTime, plainJson } from "../display/plain_text.ts";
import type { Runs } from "../../engine/analysis/measure.ts";

/** The lanes of a worker in the trace. */
interface TraceWorker {
  readonly pid: number;
  /** The number of its first lane; the others follow. */
  readonly tid: number;
}

/** Writes the trace, in pieces. */
export function traceText(runs: Runs, write: (text: string) => void): void {
  const out = new Chunks(write);
  const { columns, byWorker } = runs;
  const lanes = lanesOf(columns, byWorker);
  const from = periodOf(columns)?.from;
  const head = { displayTimeUnit: "ms", otherData: { start: isoTime(from) ?? null } };
  out.add(`${plainJson(head).slice(0, -1)},"traceEvents":[`);
  let separator = "\n";
  const add = (event: object) => {
    out.add(separator + plainJson(event));
    separator = ",\n";
  };
  const workers = describeWorkers(columns.workers, lanes.counts, add);
  for (const [worker, { pid, tid }] of workers.entries()) {
    for (const row of rowsOf(byWorker, worker)) {
      const hash = hashAt(columns, row);
      const args = runs.argsOf(row);
      add({
        name: runs.nameOf(row) ?? hash.slice(0, 8),
        cat: kindAt(columns, row),
        ph: "X",
        ts: microseconds((columns.start[row] ?? 0) - (from ?? 0)),
        dur: microseconds(durationAt(columns, row)),
        pid,
        tid: tid + (lanes.lane[row] ?? 0),
        args: args === undefined ? { hash } : { hash, args },
      });
    }
  }
  out.add("\n]}\n");
  out.end();
}

/** Adds the events that name processes and lanes. Both are numbered from 1: hosts may use a process id twice. */
function describeWorkers(
  names: readonly string[],
  laneCounts: Uint32Array,
  add: (event: object) => void,
): readonly TraceWorker[] {
  const processes = new Map<string, { readonly pid: number; lanes: number }>();
  // Sorted, so that the threads of a process are in order.
  const order = names.map((name, worker) => ({ worker, name, place: placeOf(name) }))
    .toSorted((a, b) => (a.place.thread ?? 0) - (b.place.thread ?? 0));
  const workers: TraceWorker[] = Array(names.length);
  for (const { worker, name, place } of order) {
    const { host, process, thread } = place;
    const key = host === undefined ? name : `${host}:${process}`;
    let known = processes.get(key);
    if (known === undefined) {
      known = { pid: processes.size + 1, lanes: 0 };
      processes.set(key, known);
      const label = host === undefined ? name : `${host}, process ${process}`;
      add({ name: "process_name", ph: "M", pid: known.pid, tid: 0, args: { name: label } });
    }
    const count = laneCounts[worker] ?? 0;
    const first = known.lanes + 1;
    known.lanes += count;
    workers[worker] = { pid: known.pid, tid: first };
    for (let lane = 0; lane < count; lane++) {
      const label = `worker ${thread ?? 0}${lane === 0 ? "" : `, lane ${lane + 1}`}`;
      const of = { ph: "M", pid: known.pid, tid: first + lane };
      add({ name: "thread_name", ...of, args: { name: label } });
      add({ name: "thread_sort_index", ...of, args: { sort_index: first + lane } });
    }
  }
  return workers;
}

/** Times of a broken store may be anything. */
function microseconds(ms: number): number {
  return Math.round(Math.min(ms * 1000, Number.MAX_SAFE_INTEGER));
}
