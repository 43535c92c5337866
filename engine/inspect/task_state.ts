/**
 * The states of a jugfile's tasks.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import { requiredTasks } from "../../core/session/dependencies.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import type { InspectedTask } from "./inspect.ts";

/**
 * The state of a task.
 *
 * @category Scripts
 */
export type TaskState =
  /** a dependency has no result */
  | "waiting"
  /** it could run now */
  | "ready"
  /** its lock is held, and the owner is not known to be dead */
  | "running"
  /** its result is stored */
  | "finished"
  /** its last run failed */
  | "failed";

/** The states, in the order in which they are shown. */
export const STATES = ["finished", "running", "failed", "ready", "waiting"] as const satisfies readonly TaskState[];

/** How many tasks are in each state. */
export type StateTotals = Readonly<Record<TaskState, number>>;

/** Returns the number of tasks. */
export function countAll(totals: StateTotals): number {
  return STATES.reduce((sum, state) => sum + totals[state], 0);
}

/** Returns the states in which there are tasks. */
export function presentStates(totals: StateTotals): readonly TaskState[] {
  return STATES.filter((state) => totals[state] > 0);
}

/** What a backend knew at one moment. */
export interface Progress {
  readonly finished: ReadonlySet<Hash>;
  /** Tasks whose lock has an owner that is not known to be dead. */
  readonly running: ReadonlySet<Hash>;
  readonly failed: ReadonlySet<Hash>;
}

/** What states follow from: a {@linkcode Progress}, or anything else that knows which tasks are in which of its sets. */
export type KnownProgress = { readonly [Key in keyof Progress]: Pick<ReadonlySet<Hash>, "has"> };

/** Asks the backend for the progress of `tasks`. */
export async function readProgress(backend: Backend, tasks: readonly Pick<InspectedTask, "hash">[]): Promise<Progress> {
  const running = new Set<Hash>();
  const failed = new Set<Hash>();
  for await (const locks of backend.listLocks()) {
    for (const lock of locks) if (lock.state !== "dead") running.add(lock.hash);
  }
  for await (const failures of backend.listFailures()) {
    for (const failure of failures) failed.add(failure.hash);
  }
  // Look up results last: a task that finishes in the meantime then counts as finished. In any other order, it might be
  // seen as neither running nor finished.
  const finished = await backend.has(tasks.map((task) => task.hash));
  return { finished, running, failed };
}

/** What a task's state follows from. */
export interface TaskFacts {
  readonly isFinished: boolean;
  readonly isRunning: boolean;
  readonly hasFailed: boolean;
  /** Whether all tasks that it needs are finished; asked only if the rest does not decide. */
  readonly canRun: () => boolean;
}

/** Returns the state that follows from these facts. */
export function stateOf({ isFinished, isRunning, hasFailed, canRun }: TaskFacts): TaskState {
  if (isFinished) return "finished";
  if (isRunning) return "running";
  if (hasFailed) return "failed";
  return canRun() ? "ready" : "waiting";
}

/** Returns the state of one task. */
export function taskState({ hash, dependencies }: InspectedTask, progress: KnownProgress): TaskState {
  return stateOfHash(hash, progress) ??
    (dependencies.every((dependency) => progress.finished.has(dependency)) ? "ready" : "waiting");
}

/** Returns the state of one task; `undefined` if it is ready or waiting, which depends on other tasks. */
export function stateOfHash(hash: Hash, { finished, running, failed }: KnownProgress): TaskState | undefined {
  if (finished.has(hash)) return "finished";
  if (running.has(hash)) return "running";
  return failed.has(hash) ? "failed" : undefined;
}

/**
 * Returns the states of `tasks`. Asks the backend about these and their direct dependencies only, so the entries of
 * other tasks in the map may be wrong.
 */
export async function statesOf(backend: Backend, tasks: readonly DeclaredTask[]): Promise<Map<Hash, TaskState>> {
  if (tasks.length === 0) return new Map();
  const all = new Map<Hash, DeclaredTask>();
  for (const task of tasks) {
    all.set(task.hash, task);
    for (const needed of requiredTasks(task.dependencies)) all.set(needed.hash, needed);
  }
  const inspected = [...all.values()].map((task) => ({
    hash: task.hash,
    name: task.name,
    dependencies: requiredTasks(task.dependencies).map(({ hash }) => hash),
  }));
  const progress = await readProgress(backend, inspected);
  return new Map(inspected.map((task) => [task.hash, taskState(task, progress)]));
}

/** How many tasks of each name are in each state. */
export type StateCounts = Readonly<Record<TaskState, ReadonlyMap<string, number>>>;

/** Counts the tasks by state and name. */
export function countStates(tasks: readonly InspectedTask[], progress: Progress): StateCounts {
  const counts = {
    waiting: new Map<string, number>(),
    ready: new Map<string, number>(),
    running: new Map<string, number>(),
    finished: new Map<string, number>(),
    failed: new Map<string, number>(),
  };
  for (const task of tasks) {
    const ofState = counts[taskState(task, progress)];
    ofState.set(task.name, (ofState.get(task.name) ?? 0) + 1);
  }
  return counts;
}
