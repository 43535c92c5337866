/**
 * Evaluates tasks and tasklets.
 *
 * @module
 */
import type { Hash, Node } from "../brand.ts";
import { JugError } from "../errors.ts";
import type { DeclaredTask, Loaded, Results } from "./session.ts";
import { basesFirst, requiredTasks } from "./dependencies.ts";

/** Loads the results of tasks. */
export type LoadResults = (tasks: readonly DeclaredTask[]) => Promise<Map<Hash, Loaded>>;

/**
 * Returns the results that the session of `task` has access to.
 *
 * @throws {JugError} of kind "usage" if the session has no open jugdir.
 */
export function resultsOf(task: DeclaredTask): Results {
  if (task.session.results !== undefined) return task.session.results;
  throw new JugError("usage", `${task.name}: no jugdir is open, so its result cannot be loaded`, {
    remedy:
      "Run the script with `jug`, or call `setJugdir(address)`, `await execute()` or `await init(jugfile, jugdir)` first",
  });
}

/** Loads the result of each task through the session in which it was declared, which may not be the current one. */
export async function loadFromSessions(tasks: readonly DeclaredTask[]): Promise<Map<Hash, Loaded>> {
  const groups = new Map<Results, Hash[]>();
  for (const task of tasks) {
    const results = resultsOf(task);
    const group = groups.get(results);
    if (group === undefined) groups.set(results, [task.hash]);
    else group.push(task.hash);
  }
  const loaded = new Map<Hash, Loaded>();
  for (const [results, hashes] of groups) {
    for (const [hash, outcome] of await results.load(hashes)) loaded.set(hash, outcome);
  }
  return loaded;
}

/**
 * Returns the values of `nodes` and of what they are computed from. Tasklets are computed from their bases.
 *
 * @throws {JugError} of kind "missing" if a task has no result; the message names the task.
 */
export async function evaluateNodes(nodes: Iterable<Node>, load: LoadResults): Promise<Map<Hash, unknown>> {
  const { tasks, tasklets } = basesFirst(nodes);
  const values = new Map<Hash, unknown>();
  const loaded = await load([...tasks.values()]);
  for (const [hash, task] of tasks) {
    const outcome = loaded.get(hash);
    if (outcome === undefined || outcome.kind === "missing") {
      throw new JugError("missing", `${task.name} (${hash.slice(0, 8)}) has no result`, {
        remedy: "Run `jug execute` first, or put `await barrier()` before the line that needs it",
      });
    }
    values.set(hash, outcome.value);
  }
  for (const tasklet of tasklets.values()) {
    values.set(tasklet.hash, await tasklet.apply(tasklet.bases.map((base) => values.get(base.hash))));
  }
  return values;
}

/** Returns the value of one task or tasklet. */
export async function evaluate(node: Node): Promise<unknown> {
  return (await evaluateNodes([node], loadFromSessions)).get(node.hash);
}

/** Rejects writing a task or tasklet as JSON: the caller wants the result, and `JSON.stringify` cannot wait for it. */
export function refuseJson({ name }: Node): never {
  throw new JugError("usage", `${name} cannot be written as JSON: it is a task or tasklet, not a result`, {
    remedy: "Write `await value(x)`; take tasks out of a Map, a Set or a class instance first",
  });
}

/** Whether all tasks that `nodes` need are finished. */
export async function areFinished(nodes: Iterable<Node>): Promise<boolean> {
  for (const task of requiredTasks(nodes)) {
    if (!(await resultsOf(task).has([task.hash])).has(task.hash)) return false;
  }
  return true;
}
