/**
 * What `jug tasks` lists: the tasks of a jugfile, or those that its jugdir knows.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import { formatArguments } from "../../core/format.ts";
import type { Holder } from "../../engine/analysis/holders.ts";
import { type JugdirRuns, lookAtRuns } from "../../engine/analysis/look.ts";
import {
  durationAt,
  endAt,
  hashAt,
  kindAt,
  nameAt,
  rowFinder,
  type RunColumns,
  workerOf,
} from "../../engine/analysis/run_columns.ts";
import type { InspectedTask } from "../../engine/inspect/inspect.ts";
import { readProgress, type TaskState, taskState } from "../../engine/inspect/task_state.ts";
import type { Inspection } from "../cli/inspection.ts";

/** A task as it is listed. What is not known is `undefined`. */
export interface TaskRow {
  readonly hash: Hash;
  readonly state: TaskState;
  readonly name: string | undefined;
  /** Its arguments, shortened. */
  readonly args: string | undefined;
  /** When its last run began, or the present one was claimed, in milliseconds since 1970. */
  readonly start?: number | undefined;
  /** When its last run ended, in milliseconds since 1970. */
  readonly finish?: number | undefined;
  /** How long its run took, or has taken so far, in milliseconds. */
  readonly duration?: number | undefined;
  /** The name of the worker. */
  readonly worker?: string | undefined;
  /** The size of the encoded result or failure, in bytes. */
  readonly size?: number | undefined;
  /** Whether it only waits in the batch of a worker that runs another task first. */
  readonly isQueued?: boolean;
}

/** Tasks to list. */
export interface TaskList {
  /** The names of tasks, of which some may occur several times. */
  readonly names: Iterable<string>;
  /** The workers that occur in the rows. */
  readonly workers: readonly string[];
  readonly rows: Iterable<TaskRow>;
}

/** The most characters of the arguments. */
const ARGUMENTS = 100;

/**
 * Returns the declared tasks, dependencies first.
 *
 * @param tasks The inspection's tasks, which are made anew each time that they are asked for
 * @param isWanted Whether to list tasks of a name in a state
 */
export async function tasksOfJugfile(
  inspection: Inspection,
  tasks: readonly InspectedTask[],
  isWanted: (state: TaskState, name: string) => boolean,
  now: () => number,
): Promise<TaskList> {
  const { backend } = inspection;
  const progress = await readProgress(backend, tasks);
  // After the progress: whatever was finished then is among the runs.
  const runs = await lookAtRuns(backend, now);
  const held = new Map(runs.holders.map((holder) => [holder.hash, holder]));
  const [resultOf, failureOf] = [rowFinder(runs.columns, "result"), rowFinder(runs.columns, "failure")];

  function* rows(): Generator<TaskRow> {
    for (const task of tasks) {
      const { hash, name } = task;
      const run = resultOf(hash);
      const state = run === undefined ? taskState(task, progress) : "finished";
      if (!isWanted(state, name)) continue;
      const known = { hash, state, name, args: formatArguments(inspection.declared(hash)?.args ?? [], ARGUMENTS) };
      if (state === "running") yield { ...known, ...heldRow(held.get(hash), now()) };
      else yield { ...known, ...runRow(runs.columns, state === "failed" ? failureOf(hash) : run) };
    }
  }
  return { names: Iterator.from(tasks).map(({ name }) => name), workers: workersOf(runs), rows: rows() };
}

/** Returns the tasks that a jugdir knows: those that ended, in the order in which they began, then the running ones. */
export async function tasksOfJugdir(
  backend: Backend,
  isWanted: (state: TaskState, name: string | undefined) => boolean,
  now: () => number,
): Promise<TaskList & { readonly isEmpty: boolean }> {
  const runs = await lookAtRuns(backend, now, { keepsArguments: true });
  const { columns } = runs;
  const holders = runs.holders.filter(({ state }) => state !== "dead");
  const [resultOf, failureOf] = [rowFinder(columns, "result"), rowFinder(columns, "failure")];
  const held = new Set(holders.map(({ hash }) => hash));

  function* rows(): Generator<TaskRow> {
    for (const row of byStart(columns)) {
      const kind = kindAt(columns, row);
      if (kind === "running") continue;
      const [state, name] = [kind === "result" ? "finished" as const : "failed" as const, nameAt(columns, row)];
      if (!isWanted(state, name)) continue;
      const hash = hashAt(columns, row);
      // A task has one state, as in `jug status`, though it may have failed before.
      if (state === "failed" && (resultOf(hash) !== undefined || held.has(hash))) continue;
      yield { hash, state, name, args: columns.args[row], ...runRow(columns, row) };
    }
    for (const holder of holders) {
      const { hash } = holder;
      if (resultOf(hash) !== undefined) continue;
      const row = failureOf(hash);
      const name = row === undefined ? undefined : nameAt(columns, row);
      if (!isWanted("running", name)) continue;
      const args = row === undefined ? undefined : columns.args[row];
      yield { hash, state: "running", name, args, ...heldRow(holder, now()) };
    }
  }
  const isEmpty = columns.count === 0 && holders.length === 0;
  return { names: columns.names, workers: workersOf(runs), rows: rows(), isEmpty };
}

function workersOf({ columns, holders }: JugdirRuns): readonly string[] {
  return [...new Set([...columns.workers, ...holders.map(workerOf)])];
}

function byStart({ count, start }: RunColumns): Uint32Array {
  const rows = Uint32Array.from({ length: count }, (_, row) => row);
  return rows.sort((a, b) => (start[a] ?? 0) - (start[b] ?? 0) || a - b);
}

function runRow(columns: RunColumns, row: number | undefined): Partial<TaskRow> {
  if (row === undefined) return {};
  return {
    start: columns.start[row],
    finish: endAt(columns, row),
    duration: durationAt(columns, row),
    worker: columns.workers[columns.worker[row] ?? 0],
    size: columns.size[row],
  };
}

function heldRow(holder: Holder | undefined, now: number): Partial<TaskRow> {
  if (holder === undefined) return {};
  const { since, isQueued } = holder;
  const duration = since === undefined || isQueued ? undefined : Math.max(0, now - since);
  return { start: since, duration, worker: workerOf(holder), isQueued };
}
