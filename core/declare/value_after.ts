/**
 * `valueAfter`: declares a dependency that the arguments of a task do not show.
 *
 * @module
 */
import { declareTask } from "./task.ts";
import type { Task, ValueOf } from "../types.ts";
import { tokenOf } from "./wrappers.ts";

const DEFINITION = { name: "jug.valueAfter", version: undefined, fn: (value: unknown) => value };

/**
 * Declares a task whose result is `x`, and which waits for the tasks in `token`. Use it if one task reads a file that
 * another task writes, and takes nothing from that task except the file's name.
 *
 * @param x A value. Tasks in it are replaced by their results.
 * @param token A task, or tasks in arrays and plain objects. They are part of the hash; their results are not loaded.
 * @throws {JugError} of kind "usage" if `x` or `token` cannot be hashed.
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
