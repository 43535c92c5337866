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
  /** The tasks and tasklets whose values it is computed from. */
  readonly bases: readonly Node[];
  /** Its value, given those of its bases. */
  apply(values: readonly unknown[]): unknown;
}

/** Whether `node` is a tasklet. */
export function isTasklet(node: Node): node is TaskletNode {
  return node["jug.kind"] === "tasklet";
}

/** Whether `node` is a task. */
export function isDeclaredTask(node: Node): node is DeclaredTask {
  return node["jug.kind"] === "task";
}

/**
 * `tasks` in an order in which each comes after all that it depends on. That is the order of their declaration, unless compound
 * tasks are among them, which are declared before what they stand for.
 */
export function dependenciesFirst(tasks: Iterable<DeclaredTask>): readonly DeclaredTask[] {
  const declared = [...tasks];
  if (!declared.some((task) => task.compound !== undefined)) return declared;
  const ordered = new Set<DeclaredTask>();
  const seen = new Set<DeclaredTask>();
  // A stack of our own: a chain of tasks may be longer than that of the engine is deep.
  const pending = declared.toReversed();
  for (let task = pending.at(-1); task !== undefined; task = pending.at(-1)) {
    const missing = seen.has(task) ? [] : requiredTasks(task.dependencies).filter((required) => !seen.has(required));
    seen.add(task);
    if (missing.length > 0) {
      pending.push(...missing);
    } else {
      ordered.add(task);
      pending.pop();
    }
  }
  return [...ordered];
}

/** The tasks that must be finished before whatever holds `nodes` can be computed, once each. */
export function requiredTasks(nodes: Iterable<Node>): DeclaredTask[] {
  const found = new Map<Hash, DeclaredTask>();
  const visit = (node: Node): void => {
    if (isTasklet(node)) {
      for (const base of node.bases) visit(base);
    } else if (isDeclaredTask(node)) {
      found.set(node.hash, node);
    }
  };
  for (const node of nodes) visit(node);
  return [...found.values()];
}
