/**
 * What a run would do if it began now. Asks the same graph as a worker does, and changes nothing.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import { dependenciesFirst } from "../../core/session/dependencies.ts";
import type { DeclaredTask, Session } from "../../core/session/session.ts";
import { Graph } from "../graph/graph.ts";
import { findUnfinished, type UnfinishedReason, type UnfinishedTasks } from "../graph/unfinished.ts";
import { Admission } from "../limits/admission.ts";
import type { ResourcePool } from "../limits/resource_pool.ts";
import { memoryCounters, newTaskBudget } from "../limits/shared_counters.ts";
import { keptFailures } from "../results/failures.ts";

/** What would happen to the unfinished tasks of one name. */
export interface PlannedName {
  readonly name: string;
  /** They would run at once. */
  readonly ready: number;
  /** They would run once those that they need are finished. */
  readonly waiting: number;
  /** A living process holds them. */
  readonly held: number;
  /** An earlier run failed and kept the failure (`--keep-failed`). */
  readonly kept: number;
  /** They would not run for another reason. */
  readonly leftOut: number;
}

/** What a run would do. */
export interface RunPlan {
  /** The names with unfinished tasks that the run may execute, in the order of declaration. */
  readonly names: readonly PlannedName[];
  /** How many tasks the run may execute, and how many of them are finished. */
  readonly wanted: number;
  readonly finished: number;
  /** How many of the tasks that would run have failed before. */
  readonly failedBefore: number;
  /** The tasks that would not run, with the reasons. */
  readonly reasons: readonly UnfinishedTasks[];
}

/** The options of the run. */
export interface PlanOptions {
  /** Whether tasks of this name may be executed. */
  readonly isWanted: (name: string) => boolean;
  /** The resources of the process. */
  readonly pool: ResourcePool;
}

/** Returns what a run of a session's tasks would do. */
export async function planRun(
  backend: Backend,
  { tasks, results }: Pick<Session, "tasks" | "results">,
  { isWanted, pool }: PlanOptions,
): Promise<RunPlan> {
  const graph = new Graph({ isWanted, start: 0 });
  // An opened compound task depends on tasks that are declared after it.
  for (const task of dependenciesFirst(tasks.values())) graph.add(task);
  const known = await settle(backend, results ?? backend, graph);
  const impossible = impossibleIn(pool);
  const reasons = findUnfinished(graph, { owners: known.owners, self: "", kept: known.kept, lacking: impossible });
  const names = new Map<string, Mutable<PlannedName>>();
  for (const { name, count, reason } of reasons) {
    let planned = names.get(name);
    if (planned === undefined) names.set(name, planned = { name, ready: 0, waiting: 0, held: 0, kept: 0, leftOut: 0 });
    planned[FATE[reason.kind]] += count;
  }
  let wanted = 0;
  let failedBefore = 0;
  for (const { task, state, wanted: isWanted } of graph.nodes()) {
    if (!isWanted) continue;
    wanted++;
    const planned = names.get(task.name);
    if (planned === undefined || state !== "ready" && state !== "waiting") continue;
    if (known.failed.has(task.hash)) failedBefore++;
    if (state === "ready") {
      if (impossible(task) !== undefined) continue;
      planned.ready++;
      planned.waiting--;
    } else if (known.owners.has(task.hash)) {
      // Claimed together with a task that it needs.
      planned.held++;
      planned.waiting--;
    }
  }
  const unfinished = reasons.reduce((sum, { count }) => sum + count, 0);
  return {
    names: [...names.values()],
    wanted,
    finished: wanted - unfinished,
    failedBefore,
    reasons: reasons.filter(({ reason }) => FATE[reason.kind] !== "waiting"),
  };
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** How tasks with each reason are counted. A run also waits for others, and then runs what needs their results. */
const FATE: Readonly<Record<UnfinishedReason["kind"], Exclude<keyof PlannedName, "name" | "ready">>> = {
  "not-begun": "waiting",
  "needs-held": "waiting",
  "held": "held",
  "kept-failed": "kept",
  "failed": "kept",
  "needs-failed": "leftOut",
  "needs-unwanted": "leftOut",
  "lacks-resources": "leftOut",
  "needs-lacking": "leftOut",
  "too-long": "leftOut",
  "needs-too-long": "leftOut",
  "circular": "leftOut",
};

/** What the backend knows besides results. */
interface Known {
  /** The ids of the living owners of locks. */
  readonly owners: ReadonlyMap<Hash, string>;
  readonly failed: ReadonlySet<Hash>;
  readonly kept: ReadonlySet<Hash>;
}

/** Asks the backend about all tasks of the graph. `results`: knows which results are damaged. */
async function settle(backend: Backend, results: Pick<Backend, "has">, graph: Graph): Promise<Known> {
  const owners = new Map<Hash, string>();
  for await (const locks of backend.listLocks()) {
    for (const { hash, owner, state } of locks) if (state !== "dead") owners.set(hash, owner);
  }
  const failed = new Set<Hash>();
  for await (const failures of backend.listFailures()) for (const { hash } of failures) failed.add(hash);
  const kept = failed.size === 0 ? NONE : await keptFailures(backend);
  // Last: a task that finishes meanwhile then counts as finished.
  for (const hash of await results.has(graph.unchecked())) graph.finish(hash);
  for (const hash of kept) graph.fail(hash);
  graph.settleUnchecked();
  for (const hash of owners.keys()) graph.hold(hash);
  return { owners, failed, kept };
}

const NONE: ReadonlySet<Hash> = new Set();

/** Returns a function that says which resource a process with these resources has too little of for a task, if any. */
export function impossibleIn(pool: ResourcePool): (task: DeclaredTask) => string | undefined {
  const admission = new Admission(pool, memoryCounters(pool, newTaskBudget(undefined)), Date.now);
  return (task) => admission.impossible(task);
}
