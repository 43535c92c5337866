/**
 * `timedPath`: identifies a file by its path, size and modification time.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import { hashValue } from "../../core/value/hash.ts";
import type { Wrapped } from "../../core/types.ts";
import { customHash } from "../../core/declare/wrappers.ts";

/**
 * Wraps a path so that it is hashed together with the size and the modification time of its file. As soon as the file
 * changes, a task that takes the path becomes another task, and so do all its dependents. The function gets the path as
 * a string.
 *
 * @param path The path of a file that exists when the jugfile is loaded.
 * @returns An argument for a task.
 * @throws {JugError} if there is no such file.
 * @throws {Deno.errors.NotCapable} if the permission to read it is missing.
 *
 * @example Usage
 * ```ts
 * import { TaskGenerator, timedPath } from "jug";
 *
 * const countLines = TaskGenerator(async function countLines(path: string) {
 *   return (await Deno.readTextFile(path)).split("\n").length;
 * });
 *
 * const path = await Deno.makeTempFile();
 * export const lines = countLines(timedPath(path));
 * ```
 *
 * @category Utilities
 */
export function timedPath(path: string): Wrapped<string> {
  return customHash(path, () => {
    const { size, mtime } = statFile(path);
    return hashValue([path, size, mtime?.getTime() ?? null]);
  });
}

function statFile(path: string): Deno.FileInfo {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new JugError("usage", `timedPath: there is no file ${path}`, {
        remedy: "Pass the path as a plain string if a task makes the file",
        cause: error,
      });
    }
    throw error;
  }
}
