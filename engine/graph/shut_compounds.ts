/**
 * What the functions of compound tasks wait for that stand at barriers of their own.
 *
 * @module
 */
import { append } from "../../core/append.ts";
import type { Stretch } from "../../core/session/barrier_keeper.ts";
import type { Hash } from "../../core/brand.ts";
import type { Frame } from "../../core/session/frame.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import type { Graph } from "./graph.ts";

/** What one function waits for. */
export interface AwaitedTasks {
  /** Tasks that it named or declared. */
  readonly tasks: Hash[];
  /** What was declared above the compound task. */
  readonly above: Stretch[];
}

/** By the compound task; those whose functions wait for nothing are missing. */
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
