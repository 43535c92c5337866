/**
 * The functions of a report: their states, and how long their runs took.
 *
 * @module
 */
import { classEnd, durationClass } from "../../backends/duration_classes.ts";
import type { ReportFunction, ReportFunctions, ReportSpread, StateNumbers } from "../../web/data/report_data.ts";
import type { FunctionTimes, Spread } from "../analysis/function_times.ts";
import { durationAt, RUN_KINDS, type RunColumns } from "../analysis/run_columns.ts";
import { countAll } from "../inspect/task_state.ts";
import type { TaskOfRow } from "./report_task.ts";
import { rounded, roundedTime } from "./rounding.ts";

/** What is known of the functions. */
export interface FunctionsSource {
  readonly columns: RunColumns;
  readonly times: readonly FunctionTimes[];
  /** The states of the tasks of each name. */
  readonly states: ReadonlyMap<string, StateNumbers>;
  readonly taskOf: TaskOfRow;
}

/** The most functions in the list. */
const FUNCTIONS = 300;
/** Two bins for each doubling: a bin has four classes. */
const CLASSES = 4;
const RESULT = RUN_KINDS.indexOf("result");

/** Tasks of no name. */
export const NO_TASKS: StateNumbers = { finished: 0, running: 0, failed: 0, ready: 0, waiting: 0 };

/** Returns the functions with the most time, and of those that took no time the ones with the most tasks. */
export function functionsOf({ columns, times, states, taskOf }: FunctionsSource): ReportFunctions {
  const timesOf = new Map(times.map((each) => [each.name, each]));
  const names = [...new Set([...states.keys(), ...timesOf.keys()])];
  const weight = (name: string) => timesOf.get(name)?.total ?? 0;
  const tasks = (name: string) => countAll(states.get(name) ?? NO_TASKS);
  const sorted = names.toSorted((a, b) => weight(b) - weight(a) || tasks(b) - tasks(a));
  const shown = sorted.slice(0, FUNCTIONS);
  const { bins, borders } = histograms(columns, shown);
  return {
    list: shown.map((name): ReportFunction => {
      const known = timesOf.get(name);
      return {
        name,
        states: states.get(name) ?? NO_TASKS,
        runs: known?.count ?? 0,
        total: roundedTime(known?.total ?? 0),
        spread: known?.spread === undefined ? null : spreadOf(known.spread, taskOf),
        histogram: bins.get(name) ?? [],
      };
    }),
    leftOut: sorted.length - shown.length,
    borders,
  };
}

function spreadOf({ mean, median, p95, longest, longestRow }: Spread, taskOf: TaskOfRow): ReportSpread {
  return {
    mean: roundedTime(mean),
    median: roundedTime(median),
    p95: roundedTime(p95),
    longest: roundedTime(longest),
    longestTask: taskOf(longestRow),
  };
}

/** Counts the durations of the runs of these functions that gave a result. All histograms have the same bins. */
function histograms(columns: RunColumns, shown: readonly string[]) {
  const { count, name, kind, names } = columns;
  const wanted = new Set(shown);
  const counts = names.map((name) => wanted.has(name) ? new Map<number, number>() : undefined);
  let [first, last] = [Infinity, -Infinity];
  for (let row = 0; row < count; row++) {
    const own = kind[row] === RESULT ? counts[name[row] ?? 0] : undefined;
    if (own === undefined) continue;
    const bin = Math.ceil(durationClass(durationAt(columns, row)) / CLASSES);
    own.set(bin, (own.get(bin) ?? 0) + 1);
    if (bin < first) first = bin;
    if (bin > last) last = bin;
  }
  const length = first > last ? 0 : last - first + 1;
  const bins = new Map(names.map((name, i): [string, number[]] => {
    const own = counts[i];
    // Without a run, there is nothing to draw.
    return [name, own?.size ? Array.from({ length }, (_, at) => own.get(first + at) ?? 0) : []];
  }));
  const border = (bin: number) => bin < 0 ? 0 : rounded(classEnd(CLASSES * bin));
  return { bins, borders: length === 0 ? [] : Array.from({ length: length + 1 }, (_, at) => border(first + at - 1)) };
}
