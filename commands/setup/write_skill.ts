/**
 * Writes the skill for assistants into a folder.
 *
 * @module
 */
import { dirname, join } from "node:path";
// Made from docs/assistant/ by `deno task skill`. A program may import JSON however it was started: from a checkout, by
// URL, or compiled, and without permission to read the folder of the library.
import files from "./skill_files.json" with { type: "json" };
import { explainRefusal, refuseExisting } from "./new_files.ts";

/**
 * Creates `folder`/jug with the files of the skill, and returns their paths.
 *
 * @throws {JugError} of kind "usage" if one of the files exists and `isForced` is false (nothing is written), or if they
 * cannot be created.
 */
export function writeSkill(folder: string, isForced: boolean): string[] {
  const texts = Object.entries(files).map(([name, text]) => [join(folder, "jug", name), text] as const);
  try {
    for (const [path] of isForced ? [] : texts) refuseExisting(path, "Give --force to replace it");
    for (const [path, text] of texts) {
      Deno.mkdirSync(dirname(path), { recursive: true });
      Deno.writeTextFileSync(path, text);
    }
  } catch (error) {
    throw explainRefusal(error, folder);
  }
  return texts.map(([path]) => path);
}
