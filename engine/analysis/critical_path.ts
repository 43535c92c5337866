/**
 * The critical path: the chain of tasks, each needed by the next, that took longest. However many workers there are, a
 * run cannot take less time.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import { HashTable } from "../../core/hash_table.ts";

/** A task, as far as the path depends on it. */
export interface PathTask {
  readonly hash: Hash;
  /** The tasks whose results it needs. */
  readonly dependencies: readonly Hash[];
}

/** The chain that took longest. */
export interface CriticalPath {
  /** The sum of the durations, in milliseconds. */
  readonly total: number;
  /** The positions of its tasks in the list, in the order in which they had to run. */
  readonly tasks: Uint32Array;
}

const NONE = -1;

/**
 * Finds the chain that took longest; of several, one with the most tasks.
 *
 * @param tasks All tasks, each after those that it needs
 * @param durationOf Returns how long a task took, in milliseconds; `undefined` if that is not known. Such a task counts
 * as 0, and the chain does not end with one.
 */
export function criticalPath(
  tasks: readonly PathTask[],
  durationOf: (task: PathTask, position: number) => number | undefined,
): CriticalPath {
  const numbers = new HashTable();
  // What the longest chain up to a task takes, how many tasks it has, and which of them is the last but one.
  const totals = new Float64Array(tasks.length);
  const lengths = new Uint32Array(tasks.length);
  const before = new Int32Array(tasks.length).fill(NONE);
  const isBetter = (a: number, b: number): boolean => {
    const [more, less] = [totals[a] ?? 0, totals[b] ?? 0];
    return more > less || more === less && (lengths[a] ?? 0) > (lengths[b] ?? 0);
  };
  let last = NONE;
  for (const [i, task] of tasks.entries()) {
    // Tasks are distinct, so the numbers are the positions.
    numbers.addHash(task.hash);
    let best = NONE;
    for (const hash of task.dependencies) {
      const needed = numbers.find(hash);
      if (needed >= 0 && needed !== i && (best < 0 || isBetter(needed, best))) best = needed;
    }
    const duration = durationOf(task, i);
    before[i] = best;
    totals[i] = (totals[best] ?? 0) + (duration ?? 0);
    lengths[i] = (lengths[best] ?? 0) + 1;
    if (duration !== undefined && (last < 0 || isBetter(i, last))) last = i;
  }
  if (last < 0) return { total: 0, tasks: new Uint32Array() };
  const path = new Uint32Array(lengths[last] ?? 0);
  for (let i = last, at = path.length; at-- > 0; i = before[i] ?? NONE) path[at] = i;
  return { total: totals[last] ?? 0, tasks: path };
}

/** Consecutive tasks of one name on the path. */
export interface PathSteps<Task> {
  readonly name: string;
  readonly count: number;
  /** The sum of their durations, in milliseconds. */
  readonly total: number;
  /** The first of them. */
  readonly first: Task;
}

/** Folds consecutive tasks of one name. */
export function foldPath<Task extends { readonly name: string }>(
  path: Iterable<Task>,
  durationOf: (task: Task) => number | undefined,
): readonly PathSteps<Task>[] {
  const folded: { name: string; count: number; total: number; first: Task }[] = [];
  for (const task of path) {
    const { name } = task;
    const total = durationOf(task) ?? 0;
    const last = folded.at(-1);
    if (last?.name === name) {
      last.count++;
      last.total += total;
    } else folded.push({ name, count: 1, total, first: task });
  }
  return folded;
}
