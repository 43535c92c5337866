/**
 * Looking at a file that may not be there.
 *
 * @module
 */

/** What is known of a file, `undefined` where there is none. */
export function statIfThere(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
