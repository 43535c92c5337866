/**
 * The engine's view of tasks and tasklets, and the order of their dependencies.
 *
 * @module
 */
import type { Hash, Node } from "../brand.ts";
import type { DeclaredTask } from "./session.ts";

/** The engine's view of a tasklet, of this copy of the library or another. */
export interface TaskletNode extends Node {
  readonly "jug.kind": "tasklet";
  /** The tasks and tasklets from whose values it is computed. */
  readonly bases: readonly Node[];
  /** Computes the value, or a promise of it, from the values of the bases. */
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
 * Returns `tasks`, which are given in the order of declaration, in an order in which each comes after its dependencies.
 * This differs from the order of declaration only if there are compound tasks: they are declared before the tasks that
 * they stand for.
 *
 * @param alsoOf Returns further tasks that must come before a task; used only if there are compound tasks. Default:
 * none.
 */
export function dependenciesFirst(
  tasks: Iterable<DeclaredTask>,
  alsoOf: (task: DeclaredTask) => readonly DeclaredTask[] = () => [],
): readonly DeclaredTask[] {
  const declared = [...tasks];
  if (!declared.some((task) => task.compound !== undefined)) return declared;
  const ordered = new Set<DeclaredTask>();
  const seen = new Set<DeclaredTask>();
  // An explicit stack: recursion could overflow the call stack on a long chain of tasks.
  const pending = declared.toReversed();
  for (let task = pending.at(-1); task !== undefined; task = pending.at(-1)) {
    const missing = seen.has(task)
      ? []
      : [...requiredTasks(task.dependencies), ...alsoOf(task)].filter((required) => !seen.has(required));
    seen.add(task);
    if (missing.length > 0) {
      for (const required of missing) pending.push(required);
    } else {
      ordered.add(task);
      pending.pop();
    }
  }
  return [...ordered];
}

/** Returns the tasks that must be finished before the values of `nodes` can be computed, once each. */
export function requiredTasks(nodes: Iterable<Node>): DeclaredTask[] {
  return [...basesFirst(nodes).tasks.values()];
}

/** The tasks and tasklets needed to compute some nodes, once each, including these nodes. */
export interface Ingredients {
  readonly tasks: ReadonlyMap<Hash, DeclaredTask>;
  /** In an order in which each comes after the tasklets from which it is computed. */
  readonly tasklets: ReadonlyMap<Hash, TaskletNode>;
}

/** Returns the tasks and tasklets among `nodes`, and those from which the tasklets are computed. */
export function basesFirst(nodes: Iterable<Node>): Ingredients {
  const tasks = new Map<Hash, DeclaredTask>();
  const tasklets = new Map<Hash, TaskletNode>();
  const seen = new Set<Hash>();
  for (const root of nodes) {
    if (isDeclaredTask(root)) {
      tasks.set(root.hash, root);
      continue;
    }
    // An explicit stack here, too: a chain `task.get(a).get(b)…` may be long.
    const pending = [root];
    for (let node = pending.at(-1); node !== undefined; node = pending.at(-1)) {
      if (isTasklet(node) && !seen.has(node.hash)) {
        seen.add(node.hash);
        for (const base of node.bases.toReversed()) pending.push(base);
        continue;
      }
      pending.pop();
      if (isTasklet(node)) tasklets.set(node.hash, node);
      else if (isDeclaredTask(node)) tasks.set(node.hash, node);
    }
  }
  return { tasks, tasklets };
}
