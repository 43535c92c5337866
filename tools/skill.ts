/**
 * Writes commands/setup/skill_files.json, which `jug install-skills` copies, from docs/assistant/; `deno task skill`
 * runs it. tests/commands/setup/install_skills_test.ts fails if that file is out of date.
 *
 * @module
 */
import { posix } from "node:path";

const root = new URL("../", import.meta.url);
const SOURCE = new URL("docs/assistant/", root);

/** The generated file, relative to the project. */
export const GENERATED = "commands/setup/skill_files.json";

/** Returns what the generated file should contain. */
export function skillText(): string {
  const files = Object.fromEntries(filesIn("").sort().map((path) => [path, skillPage(path)]));
  return `${JSON.stringify(files, undefined, 2)}\n`;
}

/** Returns a page without the markers of the project's tests, which are HTML comments on lines of their own. */
function skillPage(path: string): string {
  return Deno.readTextFileSync(new URL(path, SOURCE)).replaceAll(/^<!-- .* -->\n\n/gm, "");
}

function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(new URL(`${folder}/`.replace(/^\/$/, "./"), SOURCE))].flatMap(({ name, isDirectory }) => {
    const path = posix.join(folder, name);
    return isDirectory ? filesIn(path) : [path];
  });
}

if (import.meta.main) Deno.writeTextFileSync(new URL(GENERATED, root), skillText());
