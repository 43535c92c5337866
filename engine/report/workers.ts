/**
 * The workers of a report, each with a lane of what it ran.
 *
 * @module
 */
import type { ReportBar, ReportBin, ReportWorker, ReportWorkers } from "../../web/data/report_data.ts";
import { eachBusyPeriod, rowsOf } from "../analysis/by_worker.ts";
import { type Lanes, lanesOf } from "../analysis/lanes.ts";
import type { Runs } from "../analysis/measure.ts";
import { endAt, kindAt, type RunColumns } from "../analysis/run_columns.ts";
import { idleShare, type WorkerUse } from "../analysis/utilisation.ts";
import type { Axis } from "./axis.ts";
import { BinSums } from "./bin_sums.ts";
import type { TaskOfRow } from "./report_task.ts";
import { rounded, roundedTime } from "./rounding.ts";

/** What is known of the workers. */
export interface WorkersSource {
  readonly runs: Runs;
  /** Those that were there longest first. */
  readonly workers: readonly WorkerUse[];
  /** `undefined` if nobody was there. */
  readonly axis: Axis | undefined;
  readonly taskOf: TaskOfRow;
  /** The names of functions that lanes show, the most important first. */
  readonly names: readonly string[];
}

/** The most workers in the list. */
const WORKERS = 64;
/** The most runs that are drawn as bars of their own. */
const BARS = 1000;
/** Into how many parts a lane is divided if there are more. */
const BINS = 160;
/** The most names that are told apart in lanes. */
const NAMES = 100;
/** The most spans of a worker. */
const SPANS = 50;
/** Stands for all names that are not told apart, or not known. */
const NO_NAME = -1;

/** Returns the workers and their lanes. */
export function workersOf({ runs, workers, axis, taskOf, names }: WorkersSource): ReportWorkers {
  const shown = workers.slice(0, WORKERS);
  const lanes = runs.columns.count <= BARS ? "bars" : "bins";
  const told = names.slice(0, NAMES);
  const drawn = axis && new LaneDrawing(runs, axis, taskOf, told);
  const sum = { busy: 0, present: 0 };
  for (const { busy, present } of workers) {
    sum.busy += busy;
    sum.present += present;
  }
  return {
    list: shown.map((use): ReportWorker => {
      const { worker, spans } = use.presence;
      return {
        name: use.presence.name,
        runs: use.runs,
        busy: roundedTime(use.busy),
        present: roundedTime(use.present),
        idle: shareOf(use),
        spans: axis === undefined ? [] : spans.slice(0, SPANS).map(({ from, to }) => [
          roundedTime(axis.place(from)),
          roundedTime(axis.place(to)),
        ]),
        rows: drawn?.rowsOf(worker) ?? 1,
        bars: lanes === "bars" && drawn !== undefined ? drawn.bars(worker) : [],
        bins: lanes === "bins" && drawn !== undefined ? drawn.bins(worker) : [],
      };
    }),
    leftOut: workers.length - shown.length,
    count: workers.length,
    idle: shareOf(sum),
    names: told,
    lanes,
  };
}

function shareOf(use: Pick<WorkerUse, "busy" | "present">): number | null {
  const share = idleShare(use);
  return share === undefined ? null : rounded(share);
}

/** Draws the lanes of workers. */
class LaneDrawing {
  readonly #runs: Runs;
  readonly #axis: Axis;
  readonly #taskOf: TaskOfRow;
  readonly #lanes: Lanes;
  /** The names that are told apart, with their indices. */
  readonly #index: ReadonlyMap<string, number>;
  /** For each of the columns' names, its index among those. */
  readonly #told: Int32Array;

  constructor(runs: Runs, axis: Axis, taskOf: TaskOfRow, told: readonly string[]) {
    const { columns, byWorker } = runs;
    this.#runs = runs;
    this.#axis = axis;
    this.#taskOf = taskOf;
    this.#lanes = lanesOf(columns, byWorker);
    this.#index = new Map(told.map((name, i) => [name, i]));
    this.#told = Int32Array.from(columns.names, (name) => this.#index.get(name) ?? NO_NAME);
  }

  /** Returns how many of its runs were under way at a time. */
  rowsOf(worker: number | undefined): number {
    return worker === undefined ? 1 : Math.max(1, this.#lanes.counts[worker] ?? 1);
  }

  #rows(worker: number | undefined): Uint32Array {
    return worker === undefined ? new Uint32Array() : rowsOf(this.#runs.byWorker, worker);
  }

  bars(worker: number | undefined): readonly ReportBar[] {
    const { columns, nameOf } = this.#runs;
    return Array.from(this.#rows(worker), (row): ReportBar => {
      const [from, to] = this.#placed(columns, row);
      const { hash, args } = this.#taskOf(row);
      return {
        at: roundedTime(from),
        length: roundedTime(to - from),
        row: this.#lanes.lane[row] ?? 0,
        // A running task's name may be known from the jugfile only.
        name: this.#index.get(nameOf(row) ?? "") ?? NO_NAME,
        kind: kindAt(columns, row),
        hash,
        args,
      };
    });
  }

  bins(worker: number | undefined): readonly ReportBin[] {
    const { columns } = this.#runs;
    const rows = this.#rows(worker);
    const busy = new BinSums(BINS, this.#axis.length);
    const place = (time: number) => this.#axis.place(time);
    eachBusyPeriod(columns, rows, (from, to) => busy.add(place(from), place(to)));
    const most = this.#longestNames(rows);
    return Array.from(busy.averages(), (share, bin): ReportBin => {
      const percent = Math.round(100 * Math.min(1, share));
      return [percent, percent === 0 ? NO_NAME : most[bin] ?? NO_NAME];
    });
  }

  /** Returns for each bin the name whose runs took most of it. */
  #longestNames(rows: Uint32Array): Int32Array {
    const { columns } = this.#runs;
    const width = this.#axis.length / BINS;
    const names = this.#index.size;
    const times = new Float64Array(BINS * names);
    for (const row of rows) {
      const name = this.#told[columns.name[row] ?? NO_NAME] ?? NO_NAME;
      if (name === NO_NAME) continue;
      const [from, to] = this.#placed(columns, row);
      for (let bin = Math.floor(from / width); bin < BINS && bin * width < to; bin++) {
        const at = bin * names + name;
        times[at] = (times[at] ?? 0) + Math.min(to, (bin + 1) * width) - Math.max(from, bin * width);
      }
    }
    return Int32Array.from({ length: BINS }, (_, bin) => {
      const own = times.subarray(bin * names, (bin + 1) * names);
      let best = NO_NAME;
      for (const [name, time] of own.entries()) if (time > (own[best] ?? 0)) best = name;
      return best;
    });
  }

  #placed(columns: RunColumns, row: number): [from: number, to: number] {
    return [this.#axis.place(columns.start[row] ?? 0), this.#axis.place(endAt(columns, row))];
  }
}
