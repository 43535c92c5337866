/**
 * From tasks to their results, in the jugfile itself.
 *
 * @module
 */
import { substituteNodes } from "./arguments.ts";
import { collectNodes } from "../value/nodes_in.ts";
import { allAbove, suspend } from "./barrier.ts";
import { evaluateNodes, loadFromSessions } from "./evaluate.ts";
import { currentSession } from "./session.ts";
import { requiredTasks } from "./node.ts";
import type { ValueOf } from "../types.ts";

/**
 * The results of the tasks and tasklets in `x`: a task gives its result, an array or plain object a copy in which each task
 * at any depth is replaced by its result, and anything else itself: a Map, a Set or an instance of a class is not looked into.
 *
 * @throws {JugError} of kind "missing" where a task has no result yet: `await barrier()` first.
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
 * The value of one thing.
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
 * Holds the jugfile at this line until every task declared so far has a result. Other code goes on; `jug execute` runs what
 * is ready meanwhile, and other commands look only at what stands above.
 *
 * @throws {JugError} in a script that nobody executes, inside a running task, and after the jugfile was loaded.
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
 * Like {@linkcode barrier}, for what `x` needs only: waits until the tasks in `x` have results, and gives its value.
 *
 * @throws {JugError} as `barrier` and `value` do.
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
 * The value of one thing, once it is there.
 *
 * @category Results
 */
export function bvalue<T>(x: T): Promise<ValueOf<T>>;
export async function bvalue(x: unknown): Promise<unknown> {
  const hashes = requiredTasks(collectNodes(x, new Map()).values()).map((task) => task.hash);
  await suspend(currentSession(), { kind: "tasks", hashes }, "bvalue", bvalue);
  return await value(x);
}
