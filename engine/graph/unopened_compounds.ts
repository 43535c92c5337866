/**
 * Finds what unopened compound tasks wait for, if their functions wait at barriers.
 *
 * @module
 */
import { append } from "../../core/lists.ts";
import type { Stretch } from "../../core/session/barrier_keeper.ts";
import type { Hash } from "../../core/brand.ts";
import type { Frame } from "../../core/session/frame.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import type { Graph } from "./graph.ts";

/** The tasks that one function waits for. */
export interface AwaitedTasks {
  /** Tasks that it passed to `bvalue`, or declared before its barrier. */
  readonly tasks: Hash[];
  /** Tasks declared before the compound task. */
  readonly above: Stretch[];
}

/**
 * Returns what the functions of compound tasks wait for, by task. Tasks whose functions wait for nothing are omitted.
 */
export function awaitedByCompounds(graph: Graph): ReadonlyMap<DeclaredTask, AwaitedTasks> {
  const awaited = new Map<DeclaredTask, AwaitedTasks>();
  if (graph.barriers.size === 0) return awaited;
  const compounds = compoundsByFrame(graph);
  for (const { waitsFor, frame } of graph.barriers) {
    const compound = frame === undefined ? undefined : compounds.get(frame);
    if (compound === undefined) continue;
    const found = awaited.get(compound) ?? { tasks: [], above: [] };
    awaited.set(compound, found);
    if (waitsFor.kind === "tasks") append(found.tasks, waitsFor.hashes);
    else {
      for (const stretch of waitsFor.stretches) {
        if (stretch.frame === frame) append(found.tasks, frame?.declared.slice(0, stretch.count) ?? []);
        else found.above.push(stretch);
      }
    }
  }
  return awaited;
}

function compoundsByFrame(graph: Graph): ReadonlyMap<Frame, DeclaredTask> {
  const compounds = new Map<Frame, DeclaredTask>();
  for (const { task } of graph.nodes()) {
    if (task.compound?.frame !== undefined && !task.compound.isOpen) compounds.set(task.compound.frame, task);
  }
  return compounds;
}
