/**
 * Evaluates a value for which some results are missing.
 *
 * @module
 */
import { substituteNodes } from "./task_arguments.ts";
import { collectNodes } from "../value/tasks_in_value.ts";
import type { Hash, Node } from "../brand.ts";
import { evaluateNodes, loadFromSessions, resultsOf } from "./evaluate.ts";
import { requiredTasks } from "./dependencies.ts";
import type { DeclaredTask } from "./session.ts";

/** The available part of a value, and the tasks that are missing for the rest. */
export interface PartialValue {
  /** The value, with a placeholder for each task and tasklet that has no value yet. */
  readonly value: unknown;
  /** The tasks without a result, once each. */
  readonly missing: readonly DeclaredTask[];
  /** The number of tasks that the whole value needs. */
  readonly needed: number;
}

/** Returns the tasks that the whole value of `x` needs, and those among them that have no result. */
async function missingTasks(x: unknown): Promise<{ needed: DeclaredTask[]; missing: DeclaredTask[] }> {
  const needed = requiredTasks(collectNodes(x, new Map()).values());
  const finished = new Set<Hash>();
  for (const [results, hashes] of Map.groupBy(needed, resultsOf)) {
    for (const hash of await results.has(hashes.map((task) => task.hash))) finished.add(hash);
  }
  return { needed, missing: needed.filter((task) => !finished.has(task.hash)) };
}

/** Returns the value of `x`, with `placeholder(node)` for each task and tasklet that has no value yet. */
export async function partialValue(x: unknown, placeholder: (node: Node) => unknown): Promise<PartialValue> {
  const { needed, missing } = await missingTasks(x);
  const absent = new Set(missing.map((task) => task.hash));
  const shared = new Map<string, unknown>();
  const nodes = [...collectNodes(x, shared).values()];
  const isThere = (node: Node) => requiredTasks([node]).every((task) => !absent.has(task.hash));
  const values = await evaluateNodes(nodes.filter(isThere), loadFromSessions);
  for (const node of nodes) if (!values.has(node.hash)) values.set(node.hash, placeholder(node));
  return { value: substituteNodes(x, values, shared), missing, needed: needed.length };
}
