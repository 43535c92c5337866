/**
 * Writes a graph as JSON, for programs.
 *
 * @module
 */
import { countAll, presentStates } from "../../inspect/task_state.ts";
import type { GraphBarrier, GraphNode, TaskGraph } from "./model.ts";

/** Returns the graph as plain data. `docs/graph.md` describes it. */
export function jsonGraph(graph: TaskGraph): unknown {
  const { kind, total, nodes, edges, barriers } = graph;
  return {
    kind,
    total: { tasks: countAll(total), ...total },
    nodes: nodes.map(jsonNode),
    edges,
    barriers: barriers.map(jsonBarrier),
  };
}

function jsonNode({ name, isCompound, counts, task }: GraphNode) {
  if (task === undefined) return { name, isCompound, tasks: countAll(counts), ...counts };
  const { hash, args } = task;
  return { hash, name, args, isCompound, state: presentStates(counts)[0] ?? null };
}

function jsonBarrier({ place, isMet, times, waitsFor, unfinished, before, after, follows }: GraphBarrier) {
  const { file, line } = place ?? {};
  return { file: file ?? null, line: line ?? null, isMet, times, waitsFor, unfinished, before, after, follows };
}
