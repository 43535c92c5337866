/**
 * `stat` for files that may not exist.
 *
 * @module
 */

/** Returns the file's status, `undefined` if it does not exist. */
export function statIfThere(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
