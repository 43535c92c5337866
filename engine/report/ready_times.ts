/**
 * How long tasks could have been run and were not.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import { isDeclaredTask, requiredTasks } from "../../core/session/dependencies.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import { endAt, type FindTask, rowFinder, type RunColumns } from "../analysis/run_columns.ts";
import type { ReachedBarrier } from "../inspect/reached_barriers.ts";

/** What a jugfile declares. */
export interface Declarations {
  /** In the order of declaration. */
  readonly tasks: ReadonlyMap<Hash, DeclaredTask>;
  readonly barriers: Iterable<ReachedBarrier>;
}

/**
 * Calls `use` with the time from which each task could have been run to the time at which it was, or `now` if it was
 * not. A task can be run when the last task that it needs, or that a barrier above it waits for, has ended.
 *
 * @param use `from` is -Infinity if the task needs nothing
 */
export function eachReadyTime(
  { tasks, barriers }: Declarations,
  columns: RunColumns,
  now: number,
  use: (from: number, to: number) => void,
  find?: FindTask,
): void {
  const [resultOf, failureOf] = [rowFinder(columns, "result", find), rowFinder(columns, "failure", find)];
  const runningOf = rowFinder(columns, "running", find);
  const endOf = (hash: Hash): number => {
    const row = resultOf(hash);
    return row === undefined ? Infinity : endAt(columns, row);
  };
  const opened = openedAt(tasks, barriers, endOf);
  let behind = -Infinity;
  let position = 0;
  for (const task of tasks.values()) {
    behind = Math.max(behind, opened.get(position++) ?? -Infinity);
    let from = behind;
    for (const { hash } of neededBy(task)) from = Math.max(from, endOf(hash));
    if (from === Infinity) continue;
    const row = resultOf(task.hash) ?? runningOf(task.hash) ?? failureOf(task.hash);
    const to = row === undefined ? now : columns.start[row] ?? now;
    if (to > from) use(from, to);
  }
}

/** Most dependencies are tasks, which need no search. */
function neededBy({ dependencies }: DeclaredTask): readonly Pick<DeclaredTask, "hash">[] {
  return dependencies.every(isDeclaredTask) ? dependencies : requiredTasks(dependencies);
}

/** Returns when barriers of the jugfile opened, by the position of the first task behind them. */
function openedAt(
  tasks: ReadonlyMap<Hash, DeclaredTask>,
  barriers: Iterable<ReachedBarrier>,
  endOf: (hash: Hash) => number,
): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  /** The end of the last of the first so many tasks; made for the first barrier that needs it. */
  let lastEnds: Float64Array | undefined;
  for (const { barrier: { waitsFor, frame }, opened } of barriers) {
    // Barriers of a compound task concern only what its own function declares.
    if (opened === undefined || frame !== undefined) continue;
    let end = -Infinity;
    if (waitsFor.kind === "tasks") { for (const hash of waitsFor.hashes) end = Math.max(end, knownEnd(endOf(hash))); }
    else {
      lastEnds ??= runningMaximum(tasks, endOf);
      for (const { frame, count } of waitsFor.stretches) {
        if (frame === undefined) end = Math.max(end, lastEnds[count] ?? -Infinity);
      }
    }
    found.set(opened, Math.max(end, found.get(opened) ?? -Infinity));
  }
  return found;
}

function runningMaximum(tasks: ReadonlyMap<Hash, DeclaredTask>, endOf: (hash: Hash) => number): Float64Array {
  const ends = new Float64Array(tasks.size + 1).fill(-Infinity);
  let position = 0;
  for (const hash of tasks.keys()) {
    ends[position + 1] = Math.max(ends[position] ?? -Infinity, knownEnd(endOf(hash)));
    position++;
  }
  return ends;
}

/** A barrier that opened waited for no task that is still unfinished; if there is one, its result was removed since. */
function knownEnd(end: number): number {
  return end === Infinity ? -Infinity : end;
}
