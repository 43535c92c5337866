/**
 * Tasks and tasklets as the engine sees them.
 *
 * @module
 */
import type { Hash, Node } from "../brand.ts";
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
 * tasks are among them, which are declared before what they stand for. `alsoOf` gives what else is to come before a task.
 */
export function dependenciesFirst(
  tasks: Iterable<DeclaredTask>,
  alsoOf: (task: DeclaredTask) => readonly DeclaredTask[] = () => [],
): readonly DeclaredTask[] {
  const declared = [...tasks];
  if (!declared.some((task) => task.compound !== undefined)) return declared;
  const ordered = new Set<DeclaredTask>();
  const seen = new Set<DeclaredTask>();
  // A stack of our own: a chain of tasks may be longer than that of the engine is deep.
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

/** The tasks that must be finished before whatever holds `nodes` can be computed, once each. */
export function requiredTasks(nodes: Iterable<Node>): DeclaredTask[] {
  return [...basesFirst(nodes).tasks.values()];
}

/** What `nodes` are computed from, once each. */
export interface Ingredients {
  readonly tasks: ReadonlyMap<Hash, DeclaredTask>;
  /** Each after those that it is computed from. */
  readonly tasklets: ReadonlyMap<Hash, TaskletNode>;
}

/** The tasklets that `nodes` are or are computed from, and the tasks below them. */
export function basesFirst(nodes: Iterable<Node>): Ingredients {
  const tasks = new Map<Hash, DeclaredTask>();
  const tasklets = new Map<Hash, TaskletNode>();
  const seen = new Set<Hash>();
  for (const root of nodes) {
    if (isDeclaredTask(root)) {
      tasks.set(root.hash, root);
      continue;
    }
    // A stack of our own here, too: `task.get(a).get(b)…` may be long.
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
