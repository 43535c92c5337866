/**
 * `timedPath`: a file by its path, size and time of change.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import { hashValue } from "../../core/value/hash.ts";
import type { Wrapped } from "../../core/types.ts";
import { customHash } from "../../core/declare/wrappers.ts";

/**
 * A path that is hashed with the size and the modification time of the file there: a task that takes it is another one as soon as the
 * file changes, and so are all that depend on it. The function gets the path as a string.
 *
 * @param path Of a file that is there when the jugfile is loaded.
 * @throws {JugError} where there is no such file, or it may not be read.
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
        remedy: "Pass the path as a plain string where a task is to make the file",
        cause: error,
      });
    }
    throw error;
  }
}
