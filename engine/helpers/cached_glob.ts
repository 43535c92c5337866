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
 * The files that match a pattern, sorted by code units. They are looked up once: files that come later do not change what the
 * jugfile does, until the result is invalidated (`jug invalidate --target cachedGlob`).
 *
 * @param pattern As in `articles/*.txt` or `data/**\/*.csv`, relative to the current folder.
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
