/**
 * From tasks and tasklets to their values.
 *
 * @module
 */
import type { Hash, Node } from "./brand.ts";
import { JugError } from "./errors.ts";
import type { DeclaredTask, Loaded, Results } from "./session.ts";
import { isDeclaredTask, isTasklet, requiredTasks, type TaskletNode } from "./node.ts";

/** Loads results of tasks. */
export type LoadResults = (tasks: readonly DeclaredTask[]) => Promise<Map<Hash, Loaded>>;

/** The results that the session of `task` sees. */
export function resultsOf(task: DeclaredTask): Results {
  if (task.session.results !== undefined) return task.session.results;
  throw new JugError("usage", `${task.name}: no jugdir is open, so there is no result to look at`, {
    remedy: "Run the script with `jug`, or call `await execute()` or `await init(jugfile, jugdir)` first",
  });
}

/** Loads each task through the session that it was declared in, which need not be the current one. */
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

/** The values of `nodes`, tasklets computed from their bases; a result that is missing is an error that names the task. */
export async function evaluateNodes(nodes: Iterable<Node>, load: LoadResults): Promise<Map<Hash, unknown>> {
  const tasks = new Map<Hash, DeclaredTask>();
  const tasklets = new Map<Hash, TaskletNode>();
  const visit = (node: Node): void => {
    if (isTasklet(node)) {
      if (tasklets.has(node.hash)) return;
      // After its bases, so that their values are known in time.
      for (const base of node.bases) visit(base);
      tasklets.set(node.hash, node);
    } else if (isDeclaredTask(node)) {
      tasks.set(node.hash, node);
    }
  };
  for (const node of nodes) visit(node);
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

/** The value of one task or tasklet. */
export async function evaluate(node: Node): Promise<unknown> {
  return (await evaluateNodes([node], loadFromSessions)).get(node.hash);
}

/** Whether all that `nodes` need is finished. */
export async function areFinished(nodes: Iterable<Node>): Promise<boolean> {
  for (const task of requiredTasks(nodes)) {
    if (!(await resultsOf(task).has([task.hash])).has(task.hash)) return false;
  }
  return true;
}
