/**
 * Suggests jugfiles when the given one does not exist.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { closestMatch } from "npm:leven@4";

const MODULE = /\.[cm]?[jt]sx?$/;
/** Matches an import of jug, by its name or by the address of its mod.ts. Every module that declares tasks has one. */
const IMPORTS_JUG = /(?:from|import)\s*\(?\s*["'](?:jug|[^"'\n]*\/mod\.ts)["']/;
/** The maximum number of names to show. */
const SHOWN = 8;
/** The maximum number of modules of a folder to read. */
const LOOKED_INTO = 200;

/** Returns the remedy for a missing jugfile: the closest name, the jugfiles in its folder, or how to create one. */
export function remedyForAbsent(path: string): string {
  const folder = dirname(path);
  const modules = modulesIn(folder);
  if (modules === "no-folder") return `There is no folder ${folder}`;
  if (modules === "unknown") return "Name an existing jugfile: jug SUBCOMMAND JUGFILE (default: jugfile.ts)";
  const jugfiles = modules.slice(0, LOOKED_INTO).filter((name) => importsJug(join(folder, name)));
  if (jugfiles.length === 0) return "That folder has no jugfile: `jug init FOLDER` makes one";
  const shown = (name: string) => folder === "." ? name : join(folder, name);
  const wanted = basename(path);
  const nearest = closestMatch(wanted, jugfiles, { maxDistance: Math.max(3, Math.floor(wanted.length / 3)) });
  const suggestion = nearest === undefined ? "" : `Did you mean ${shown(nearest)}? `;
  if (jugfiles.length === 1) {
    return nearest === undefined ? `The only jugfile there is ${jugfiles.map(shown)[0]}` : suggestion.trimEnd();
  }
  const more = jugfiles.length > SHOWN ? `, and ${jugfiles.length - SHOWN} more` : "";
  return `${suggestion}The jugfiles there are ${jugfiles.slice(0, SHOWN).map(shown).join(", ")}${more}`;
}

/** Returns the sorted file names of the modules in a folder. Never prompts for permission. */
function modulesIn(folder: string): string[] | "no-folder" | "unknown" {
  if (Deno.permissions.querySync({ name: "read", path: folder }).state !== "granted") return "unknown";
  try {
    return [...Deno.readDirSync(folder)].filter(({ name, isFile }) =>
      isFile && MODULE.test(name) && !name.endsWith(".d.ts")
    )
      .map(({ name }) => name).sort();
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? "no-folder" : "unknown";
  }
}

function importsJug(path: string): boolean {
  try {
    return IMPORTS_JUG.test(Deno.readTextFileSync(path));
  } catch {
    // It was removed meanwhile, or may not be read.
    return false;
  }
}
