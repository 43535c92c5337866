/**
 * A temporary folder for a test.
 *
 * @module
 */

/** Calls `use` with a new empty folder, and removes it afterwards. */
export async function withTempDir<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await Deno.makeTempDir({ prefix: "jug_test_" });
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
