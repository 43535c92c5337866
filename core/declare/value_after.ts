/**
 * `valueAfter`: a dependency that jug cannot see.
 *
 * @module
 */
import { declareTask } from "./task.ts";
import type { Task, ValueOf } from "../types.ts";
import { tokenOf } from "./wrappers.ts";

const DEFINITION = { name: "jug.valueAfter", version: undefined, fn: (value: unknown) => value };

/**
 * A task whose result is `x`, but which is finished only after `token` is: for a task that reads a file which another wrote,
 * where the one takes nothing from the other but the file's name.
 *
 * @param x A value, or a task: then its result.
 * @param token A task, or tasks in arrays and plain objects. Their results are not loaded.
 *
 * @example Usage
 * ```ts
 * import { TaskGenerator, valueAfter } from "jug";
 *
 * const write = TaskGenerator(async function write(path: string) {
 *   await Deno.writeTextFile(path, "some text");
 * });
 * const size = TaskGenerator(async function size(path: string) {
 *   return (await Deno.stat(path)).size;
 * });
 *
 * const written = write("out.txt");
 * export const bytes = size(valueAfter("out.txt", written));
 * ```
 *
 * @category Results
 */
export function valueAfter<T>(x: T, token: unknown): Task<ValueOf<T>> {
  return declareTask(DEFINITION, [x, tokenOf(token)]) as Task<ValueOf<T>>;
}
