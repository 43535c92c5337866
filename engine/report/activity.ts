/**
 * What happened over time: running tasks, tasks that were ready, workers, and how idle they were.
 *
 * @module
 */
import type { ReportActivity } from "../../web/data/report_data.ts";
import { eachBusyPeriod, rowsOf } from "../analysis/by_worker.ts";
import type { Runs } from "../analysis/measure.ts";
import { endAt, type FindTask } from "../analysis/run_columns.ts";
import type { Axis } from "./axis.ts";
import { BinSums } from "./bin_sums.ts";
import { type Declarations, eachReadyTime } from "./ready_times.ts";
import { rounded } from "./rounding.ts";

/** Into how many parts the axis is divided. */
const BINS = 300;

/** Returns averages over equal parts of the axis. */
export function activityOf(
  runs: Runs,
  axis: Axis,
  declarations: Declarations | undefined,
  find?: FindTask,
): ReportActivity {
  const { columns, byWorker, workers, now } = runs;
  const sums = () => new BinSums(BINS, axis.length);
  const [running, busy, present] = [sums(), sums(), sums()];
  for (let row = 0; row < columns.count; row++) {
    running.add(axis.place(columns.start[row] ?? 0), axis.place(endAt(columns, row)));
  }
  for (const { worker, spans } of workers) {
    for (const { from, to } of spans) present.add(axis.place(from), axis.place(to));
    if (worker === undefined) continue;
    eachBusyPeriod(columns, rowsOf(byWorker, worker), (from, to) => busy.add(axis.place(from), axis.place(to)));
  }
  let ready: BinSums | undefined;
  if (declarations !== undefined) {
    const all = ready = sums();
    eachReadyTime(declarations, columns, now, (from, to) => all.add(axis.place(from), axis.place(to)), find);
  }
  const [busyParts, presentParts] = [busy.averages(), present.averages()];
  return {
    running: Array.from(running.averages(), rounded),
    ready: ready === undefined ? null : Array.from(ready.averages(), rounded),
    workers: Array.from(presentParts, rounded),
    idle: Array.from(presentParts, (there, i) => idle(busyParts[i] ?? 0, there)),
  };
}

/** The sums are not exact, so hardly anybody may be nobody. */
const LEAST = 1e-9;

function idle(busy: number, present: number): number | null {
  return present > LEAST ? rounded(Math.min(1, Math.max(0, 1 - busy / present))) : null;
}
