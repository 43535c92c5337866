/**
 * `identity`: turns a value into a task.
 *
 * @module
 */
import { declareTask } from "./task.ts";
import type { Task, ValueOf } from "../types.ts";

const DEFINITION = { name: "jug.identity", version: undefined, fn: identityOf };

function identityOf(x: unknown): unknown {
  return x;
}

/**
 * Declares a task whose result is `x`. Use it for a large value that many tasks take: the value is then hashed once,
 * not once for each task.
 *
 * @param x The value. Tasks in it are replaced by their results.
 * @throws {JugError} of kind "usage" if `x` cannot be hashed.
 *
 * @example Usage
 * ```ts
 * import { identity, TaskGenerator } from "jug";
 *
 * const at = TaskGenerator(function at(table: number[], i: number) {
 *   return table[i];
 * });
 * const table = identity(Array.from({ length: 1000 }, (_, i) => i * i));
 * export const picked = [1, 2, 3].map((i) => at(table, i));
 * ```
 *
 * @category Tasks
 */
export function identity<T>(x: T): Task<ValueOf<T>> {
  return declareTask(DEFINITION, [x]) as Task<ValueOf<T>>;
}
