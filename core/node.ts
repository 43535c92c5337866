/**
 * Tasks and tasklets as the engine sees them.
 *
 * @module
 */
import type { Hash, Node } from "./brand.ts";
import type { DeclaredTask } from "./session.ts";

/** A tasklet as the engine sees it, whichever copy of the library made it. */
export interface TaskletNode extends Node {
  readonly "jug.kind": "tasklet";
  /** The task or tasklet whose value it is computed from. */
  readonly base: Node;
  readonly dependencies: readonly Node[];
  /** Its value, given that of its base. */
  apply(value: unknown): unknown;
}

/** Whether `node` is a tasklet. */
export function isTasklet(node: Node): node is TaskletNode {
  return node["jug.kind"] === "tasklet";
}

/** Whether `node` is a task. */
export function isDeclaredTask(node: Node): node is DeclaredTask {
  return node["jug.kind"] === "task";
}

/** The tasks that must be finished before whatever holds `nodes` can be computed, once each. */
export function requiredTasks(nodes: Iterable<Node>): DeclaredTask[] {
  const found = new Map<Hash, DeclaredTask>();
  const visit = (node: Node): void => {
    if (isTasklet(node)) {
      for (const dependency of node.dependencies) visit(dependency);
      visit(node.base);
    } else if (isDeclaredTask(node)) {
      found.set(node.hash, node);
    }
  };
  for (const node of nodes) visit(node);
  return [...found.values()];
}
