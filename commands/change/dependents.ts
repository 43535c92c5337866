/**
 * Finds the tasks that depend on others.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { InspectedTask } from "../../engine/inspect/inspect.ts";

/** Returns the tasks for which `isRoot` is true, and all their direct and indirect dependents, in the given order. */
export function withDependents(
  tasks: readonly InspectedTask[],
  isRoot: (task: InspectedTask) => boolean,
): readonly InspectedTask[] {
  const dependents = new Map<Hash, InspectedTask[]>();
  for (const task of tasks) {
    for (const dependency of task.dependencies) {
      const known = dependents.get(dependency);
      if (known) known.push(task);
      else dependents.set(dependency, [task]);
    }
  }
  const pending = tasks.filter(isRoot);
  const reached = new Set(pending.map((task) => task.hash));
  for (let task = pending.pop(); task !== undefined; task = pending.pop()) {
    for (const dependent of dependents.get(task.hash) ?? []) {
      if (reached.has(dependent.hash)) continue;
      reached.add(dependent.hash);
      pending.push(dependent);
    }
  }
  return tasks.filter((task) => reached.has(task.hash));
}
