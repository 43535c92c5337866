/**
 * Folds the tasks of a session into a graph: a node for each function, or for each task.
 *
 * @module
 */
import type { Hash } from "../../../core/brand.ts";
import { formatArguments } from "../../../core/format.ts";
import { isDeclaredTask, requiredTasks } from "../../../core/session/dependencies.ts";
import type { DeclaredTask, Session } from "../../../core/session/session.ts";
import type { ReachedBarrier } from "../../inspect/reached_barriers.ts";
import { type KnownProgress, stateOfHash, type TaskState } from "../../inspect/task_state.ts";
import { foldBarriers } from "./fold_barriers.ts";
import type { GraphEdge, GraphNode, TaskGraph } from "./model.ts";

/** What a graph is made from. */
export interface GraphSource {
  readonly session: Pick<Session, "tasks">;
  /** The states of these tasks at one moment. */
  readonly progress: KnownProgress;
  /** The barriers that the jugfile has reached. */
  readonly barriers: Iterable<ReachedBarrier>;
}

/** The characters of a task's arguments that are kept. */
const ARGUMENTS = 200;

/** Returns the graph of a session's functions: one node for all tasks of one name. */
export function foldFunctions(source: GraphSource): TaskGraph {
  const ids = new Map<string, number>();
  return fold(source, "functions", ({ definition: { name } }) => idOf(ids, name));
}

/** Returns the graph of a session's tasks. */
export function foldTasks(source: GraphSource): TaskGraph {
  const ids = new Map<Hash, number>();
  return fold(source, "tasks", ({ hash }) => idOf(ids, hash));
}

/** Returns the number of a key. Keys are numbered in the order in which they are first seen. */
function idOf<Key>(ids: Map<Key, number>, key: Key): number {
  const known = ids.get(key);
  if (known !== undefined) return known;
  ids.set(key, ids.size);
  return ids.size - 1;
}

interface Draft {
  readonly first: DeclaredTask;
  isCompound: boolean;
  readonly counts: Record<TaskState, number>;
}

function fold(source: GraphSource, kind: TaskGraph["kind"], nodeOf: (task: DeclaredTask) => number): TaskGraph {
  const { session: { tasks }, progress } = source;
  // Number all nodes in the order of declaration, also where a compound task needs tasks that are declared after it.
  const nodes = new Int32Array(tasks.size);
  const isFinished = new Uint8Array(tasks.size);
  const drafts: Draft[] = [];
  let at = 0;
  for (const task of tasks.values()) {
    const node = nodeOf(task);
    nodes[at] = node;
    drafts[node] ??= { first: task, isCompound: false, counts: noTasks() };
    at++;
  }
  /** For each node, the number of dependencies on each other node. */
  const needed = drafts.map(() => new Map<number, number>());
  const total = noTasks();
  at = 0;
  for (const task of tasks.values()) {
    const node = nodes[at] ?? 0;
    const draft = drafts[node];
    const needs = neededBy(task);
    const state = stateOfHash(task.hash, progress) ??
      (needs.every(({ hash }) => progress.finished.has(hash)) ? "ready" : "waiting");
    if (state === "finished") isFinished[at] = 1;
    total[state]++;
    if (draft !== undefined) {
      draft.counts[state]++;
      draft.isCompound ||= task.compound !== undefined;
    }
    const counts = needed[node];
    for (const dependency of needs) {
      const id = nodeOf(dependency);
      counts?.set(id, (counts.get(id) ?? 0) + 1);
    }
    at++;
  }
  const edges = needed.flatMap((counts, to) => [...counts].map(([from, count]): GraphEdge => ({ from, to, count })));
  return {
    kind,
    nodes: drafts.map((draft) => nodeFrom(draft, kind)),
    edges,
    barriers: foldBarriers(source, { nodes, isFinished }),
    total,
  };
}

function nodeFrom({ first, isCompound, counts }: Draft, kind: TaskGraph["kind"]): GraphNode {
  const { name, hash, args } = first;
  const node = { name, isCompound, counts };
  return kind === "functions" ? node : { ...node, task: { hash, args: formatArguments(args, ARGUMENTS) } };
}

function noTasks(): Record<TaskState, number> {
  return { finished: 0, running: 0, failed: 0, ready: 0, waiting: 0 };
}

/** Returns the tasks that `task` needs. Most dependencies are tasks, which need no search. */
function neededBy({ dependencies }: DeclaredTask): readonly DeclaredTask[] {
  return dependencies.every(isDeclaredTask) ? dependencies : requiredTasks(dependencies);
}
