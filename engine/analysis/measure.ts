/**
 * What `jug times` and the report show, computed from the runs of a jugdir, and from the jugfile if it can be loaded.
 *
 * @module
 */
import type { Backend, ProcessEntry } from "../../backends/backend.ts";
import { listProcesses } from "../../backends/optional_parts.ts";
import type { Hash } from "../../core/brand.ts";
import { append } from "../../core/lists.ts";
import { formatArguments } from "../../core/format.ts";
import type { InspectedTask } from "../inspect/inspect.ts";
import { type RowsByWorker, rowsByWorker } from "./by_worker.ts";
import { criticalPath, foldPath, type PathSteps, type PathTask } from "./critical_path.ts";
import { type FunctionTimes, functionTimes } from "./function_times.ts";
import type { Holder } from "./holders.ts";
import { lookAtRuns } from "./look.ts";
import { periodOf, type Span, type WorkerPresence, workerPresence } from "./presence.ts";
import { durationAt, type FindTask, hashAt, kindAt, nameAt, rowFinder, type RunColumns } from "./run_columns.ts";
import { attendedBorders, useOverTime, type UseSlice, type WorkerUse, workerUse } from "./utilisation.ts";

/** A jugfile that is loaded, as far as these measurements need it. */
export interface DeclaredTasks {
  /** All tasks, dependencies first. */
  readonly tasks: readonly InspectedTask[];
  /** Returns the name and the arguments of a task, `undefined` if it is not declared. */
  declared(hash: Hash): { readonly name: string; readonly args: readonly unknown[] } | undefined;
}

/** What is read. */
export interface RunsSource {
  readonly backend: Backend;
  /** `undefined` if the jugfile could not be loaded. */
  readonly inspection: Pick<DeclaredTasks, "declared"> | undefined;
  /** Returns the time, in milliseconds since 1970. */
  readonly now: () => number;
}

/** The runs, and what the jugfile says of their tasks. */
export interface Runs {
  readonly columns: RunColumns;
  readonly byWorker: RowsByWorker;
  readonly holders: readonly Holder[];
  readonly processes: readonly ProcessEntry[];
  readonly workers: readonly WorkerPresence[];
  /** The time of the listing, in milliseconds since 1970. */
  readonly now: number;
  /** Returns the name of a row's task, `undefined` if it is not known. */
  readonly nameOf: (row: number) => string | undefined;
  /** Returns the arguments of a row's task, shortened; `undefined` if they are not known. */
  readonly argsOf: (row: number) => string | undefined;
}

/** The critical path of a jugfile's tasks. */
export interface MeasuredPath {
  /** Its length, in milliseconds. */
  readonly total: number;
  /** How many tasks it has. */
  readonly count: number;
  readonly steps: readonly PathStep[];
}

/** Consecutive tasks of one name on the path. */
export interface PathStep extends Omit<PathSteps<PathTask>, "first"> {
  /** The first of them, and its arguments. */
  readonly hash: Hash;
  readonly args: string | undefined;
}

/** All that is reported. */
export interface Measured {
  readonly functions: readonly FunctionTimes[];
  /** `undefined` if the jugfile could not be loaded. */
  readonly path: MeasuredPath | undefined;
  /** How many of the results belong to tasks that the jugfile does not declare; `undefined` if it could not be loaded. */
  readonly undeclared: number | undefined;
  /** Those that were there longest first. */
  readonly workers: readonly WorkerUse[];
  /** Equal parts of the time in which at least one worker was there. */
  readonly slices: readonly UseSlice[];
  /** The time from the first start to the last end; `undefined` if there are no runs. */
  readonly period: Span | undefined;
}

/** Into how many parts the time is divided. */
const SLICES = 20;
/** The most characters of the arguments. */
const ARGUMENTS = 100;

/** Lists the runs of a jugdir. */
export async function readRuns({ backend, inspection, now: clock }: RunsSource): Promise<Runs> {
  const { columns, holders } = await lookAtRuns(backend, clock, { keepsArguments: inspection === undefined });
  const processes: ProcessEntry[] = [];
  for await (const batch of listProcesses(backend)) append(processes, batch);
  const now = clock();
  const byWorker = rowsByWorker(columns);
  const declared = (row: number) => inspection?.declared(hashAt(columns, row));
  return {
    columns,
    byWorker,
    holders,
    processes,
    now,
    workers: workerPresence({ columns, byWorker, processes, now }),
    nameOf: (row) => nameAt(columns, row) ?? declared(row)?.name,
    argsOf(row) {
      const args = declared(row)?.args;
      return args === undefined ? columns.args[row] : formatArguments(args, ARGUMENTS);
    },
  };
}

/** Computes what is reported. */
export function measure(runs: Runs, inspection: DeclaredTasks | undefined, find?: FindTask): Measured {
  const { columns, byWorker, workers } = runs;
  return {
    functions: functionTimes(columns),
    ...inspection === undefined ? { path: undefined, undeclared: undefined } : measureTasks(columns, inspection, find),
    workers: workerUse(columns, byWorker, workers).toSorted((a, b) => b.present - a.present),
    slices: useOverTime(columns, byWorker, workers, attendedBorders(workers, SLICES)),
    period: periodOf(columns),
  };
}

/** Finds the critical path. A running task counts with the time that it has taken so far. */
function measureTasks(
  columns: RunColumns,
  inspection: DeclaredTasks,
  find: FindTask | undefined,
): { path: MeasuredPath; undeclared: number } {
  // An inspection makes the list anew each time.
  const { tasks } = inspection;
  const [resultOf, runningOf] = [rowFinder(columns, "result", find), rowFinder(columns, "running", find)];
  let undeclared = 0;
  for (let row = 0; row < columns.count; row++) if (kindAt(columns, row) === "result") undeclared++;
  const rows = Int32Array.from(tasks, ({ hash }) => {
    const result = resultOf(hash);
    if (result !== undefined) undeclared--;
    return result ?? runningOf(hash) ?? -1;
  });
  const durationAtRow = (row: number): number | undefined => row < 0 ? undefined : durationAt(columns, row);
  const durationOf = ({ hash }: PathTask) => durationAtRow(resultOf(hash) ?? runningOf(hash) ?? -1);
  const path = criticalPath(tasks, (_, position) => durationAtRow(rows[position] ?? -1));
  const chain = Array.from(path.tasks, (task) => tasks[task]).filter((task) => task !== undefined);
  const steps = foldPath(chain, durationOf).map(({ first, ...step }): PathStep => {
    const args = inspection.declared(first.hash)?.args;
    return { ...step, hash: first.hash, args: args && formatArguments(args, ARGUMENTS) };
  });
  return { path: { total: path.total, count: chain.length, steps }, undeclared };
}
