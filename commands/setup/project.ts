/**
 * Makes a folder with a first jugfile, set up so that an editor checks its types and `deno task` runs it.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isJugError, JugError } from "../../core/errors.ts";
import { LIBRARY } from "../../core/caller.ts";
import { readsTypeScript } from "../../engine/load/compiled_loader.ts";

/** What is to be made. */
export interface ProjectPlan {
  readonly folder: string;
  /** The jugfile's name without its extension. */
  readonly name: string;
  /** The jugfile in TypeScript, with type annotations such as `: number` only. */
  readonly source: string;
  /** Where mod.ts and cli.ts are; the place of this copy of the library where it is missing. */
  readonly library: string | undefined;
}

/** What was made. */
export interface Project {
  readonly files: readonly string[];
  /** The command that runs it in its folder. */
  readonly command: string;
}

/**
 * Makes the folder, where it is not there, and the files in it.
 *
 * @throws {JugError} where one of the files is there already: nothing is replaced.
 */
export function makeProject({ folder, name, source, library }: ProjectPlan): Project {
  const isTyped = readsTypeScript();
  const jugfile = `${name}${isTyped ? ".ts" : ".js"}`;
  const text = isTyped ? source : source.replace(/: (?:number|Promise<boolean>)(?=[),; ])/g, "");
  const files: Record<string, string> = { [jugfile]: text };
  const address = library === undefined ? (Deno.build.standalone ? undefined : LIBRARY) : libraryUrl(library);
  // A compiled program brings the library along, for itself and for nobody else.
  if (address !== undefined) files["deno.json"] = configText(address, jugfile);
  try {
    for (const file of Object.keys(files)) refuseExisting(join(folder, file));
    Deno.mkdirSync(folder, { recursive: true });
    for (const [file, content] of Object.entries(files)) {
      Deno.writeTextFileSync(join(folder, file), content, { createNew: true });
    }
  } catch (error) {
    throw explain(error, folder);
  }
  return {
    files: Object.keys(files),
    command: address === undefined ? `jug execute ${jugfile}` : "deno task execute",
  };
}

/** What the system refuses is no fault of ours: it cannot be made there. */
function explain(error: unknown, folder: string): unknown {
  const isOfSystem = error instanceof Error && "code" in error && typeof error.code === "string";
  if (!isOfSystem || isJugError(error) || error instanceof Deno.errors.NotCapable) return error;
  return new JugError("usage", `${folder} cannot be made: ${error.message}`, {
    remedy: "Name another folder, one in which you may write",
    cause: error,
  });
}

function refuseExisting(path: string): void {
  try {
    Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw new JugError("usage", `${path} is there already`, { remedy: "Name another folder, or move it away" });
}

function libraryUrl(library: string): string {
  const url = /^(https?|file):/.test(library) ? library : pathToFileURL(resolve(library)).href;
  return url.endsWith("/") ? url : `${url}/`;
}

function configText(library: string, jugfile: string): string {
  const isOnDisk = library.startsWith("file:");
  const read = isOnDisk ? [".", fileURLToPath(library)] : ["."];
  // Quiet: Deno warns each time that permission sets are new to it.
  const run = (subcommand: string) =>
    `deno run --quiet --no-prompt --config deno.json -P=jug ${library}cli.ts ${subcommand}`.trimEnd();
  const config = {
    imports: { jug: `${library}mod.ts` },
    permissions: { jug: { read, write: ["."], sys: ["hostname"] } },
    tasks: {
      jug: run(""),
      // Deno takes types away before it runs a module, and does not look at them.
      check: `deno check --quiet ${jugfile}`,
      execute: { command: run(`execute ${jugfile}`), dependencies: ["check"] },
      status: run(`status ${jugfile}`),
    },
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
