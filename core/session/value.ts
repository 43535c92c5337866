/**
 * `value`, `barrier` and `bvalue`: the results of tasks, in the jugfile itself.
 *
 * @module
 */
import { substituteNodes } from "./task_arguments.ts";
import { collectNodes } from "../value/tasks_in_value.ts";
import { allAbove, suspend } from "./barrier.ts";
import { evaluateNodes, loadFromSessions } from "./evaluate.ts";
import { currentSession } from "./session.ts";
import { requiredTasks } from "./dependencies.ts";
import type { ValueOf } from "../types.ts";

/**
 * Returns `x` with each task and tasklet replaced by its value. For a task, this is its result. For an array or a plain
 * object, it is a copy in which tasks at any depth are replaced. Anything else is returned unchanged: tasks inside a
 * Map, a Set or a class instance are not replaced. An object with a method under `VALUE_METHOD` is replaced by what the
 * method returns.
 *
 * @throws {JugError} of kind "missing" if a task has no result yet (`await barrier()` first), of kind "usage" if `x`
 * contains a task and no jugdir is open.
 *
 * @example Usage
 * ```ts
 * import { barrier, TaskGenerator, value } from "jug";
 *
 * const double = TaskGenerator(function double(n: number) {
 *   return 2 * n;
 * });
 * const doubled = [1, 2, 3].map(double);
 *
 * export async function report() {
 *   await barrier();
 *   console.log((await value(doubled)).length); // 3
 * }
 * ```
 *
 * @category Results
 */
export function value<T extends readonly unknown[] | []>(x: T): Promise<ValueOf<T>>;
/**
 * Returns `x`, which is not an array, with each task and tasklet replaced by its value.
 *
 * @category Results
 */
export function value<T>(x: T): Promise<ValueOf<T>>;
export async function value(x: unknown): Promise<unknown> {
  const shared = new Map<string, unknown>();
  const nodes = collectNodes(x, shared);
  return substituteNodes(x, await evaluateNodes(nodes.values(), loadFromSessions), shared);
}

/**
 * Waits until every task declared so far has a result. `jug execute` runs ready tasks meanwhile, and other code of the
 * jugfile continues. Other commands, such as `jug status`, do not wait: if a result is missing, they see only the tasks
 * above this line. In the function of a compound task, the barrier waits for the tasks that the function declared and
 * for those declared before the compound task.
 *
 * @throws {JugError} in a script that jug does not run, if a task has no result: `await execute()` first. The kind is
 * then "missing", or "usage" if the script opened no jugdir. Of kind "usage" inside a running task and after the
 * jugfile was loaded.
 *
 * @example Usage
 * ```ts
 * import { barrier, TaskGenerator, value } from "jug";
 *
 * const size = TaskGenerator(function size(text: string) {
 *   return text.length;
 * });
 * const sizes = ["a", "bc"].map(size);
 *
 * export async function next() {
 *   await barrier();
 *   const longest = Math.max(...await value(sizes));
 *   size("x".repeat(longest));
 * }
 * ```
 *
 * @category Results
 */
export function barrier(): Promise<void> {
  const session = currentSession();
  return suspend(session, allAbove(session), "barrier", barrier);
}

/**
 * Waits until the tasks that `x` needs have results, and returns the value of `x`. It is a {@linkcode barrier} for
 * these tasks only, followed by {@linkcode value}.
 *
 * @throws {JugError} in the cases in which `barrier` and `value` throw.
 *
 * @example Usage
 * ```ts
 * import { bvalue, TaskGenerator } from "jug";
 *
 * const pages = TaskGenerator(function pages() {
 *   return ["a.html", "b.html"];
 * });
 * const fetchPage = TaskGenerator(function fetchPage(name: string) {
 *   return name.length;
 * });
 *
 * export async function all() {
 *   return (await bvalue(pages())).map(fetchPage);
 * }
 * ```
 *
 * @category Results
 */
export function bvalue<T extends readonly unknown[] | []>(x: T): Promise<ValueOf<T>>;
/**
 * Waits until the tasks that `x` needs have results, and returns the value of `x`, which is not an array.
 *
 * @category Results
 */
export function bvalue<T>(x: T): Promise<ValueOf<T>>;
export async function bvalue(x: unknown): Promise<unknown> {
  const hashes = requiredTasks(collectNodes(x, new Map()).values()).map((task) => task.hash);
  await suspend(currentSession(), { kind: "tasks", hashes }, "bvalue", bvalue);
  return await value(x);
}
