/**
 * `cachedGlob`: a list of files that stays the same.
 *
 * @module
 */
import { runCached } from "./cached_function.ts";

const DEFINITION = { name: "jug.cachedGlob", version: undefined, fn: findFiles };

async function findFiles(pattern: string): Promise<string[]> {
  const { glob } = await import("node:fs/promises");
  return (await Array.fromAsync(glob(pattern))).sort();
}

/**
 * Returns the files that match a pattern, sorted by UTF-16 code units. They are looked up only once. Files that are
 * added later change nothing until the result is invalidated, as by `jug invalidate --target cachedGlob`.
 *
 * @param pattern As in `articles/*.txt` or `data/**\/*.csv`, relative to the current folder.
 * @returns The paths of the files.
 *
 * @example Usage
 * ```ts
 * import { cachedGlob, isJugRunning, setJugdir, TaskGenerator } from "jug";
 *
 * if (!isJugRunning()) setJugdir("memory:");
 *
 * const size = TaskGenerator(async function size(path: string) {
 *   return (await Deno.readTextFile(path)).length;
 * });
 *
 * export const sizes = (await cachedGlob("articles/*.txt")).map(size);
 * ```
 *
 * @category Utilities
 */
export async function cachedGlob(pattern: string): Promise<string[]> {
  return await runCached(DEFINITION, [pattern]) as string[];
}
