/**
 * Creates a folder with a first jugfile, set up so that an editor checks its types and `deno task` runs it.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { LIBRARY } from "../../core/caller.ts";
import { readsTypeScript } from "../../engine/load/compiled_loader.ts";
import { explainRefusal, refuseExisting } from "./new_files.ts";

/** The project to create. */
export interface ProjectPlan {
  readonly folder: string;
  /** The jugfile's name without its extension. */
  readonly name: string;
  /** The jugfile in TypeScript. Type annotations other than `: number` and `: Promise<boolean>` are not supported. */
  readonly source: string;
  /** The folder or URL that contains mod.ts and cli.ts; `undefined` for this copy of the library. */
  readonly library: string | undefined;
}

/** The created project. */
export interface Project {
  /** The names of the files. */
  readonly files: readonly string[];
  /** The command that runs the jugfile, to be typed in the project's folder. */
  readonly command: string;
}

/**
 * Creates the files, and the folder if it does not exist.
 *
 * @throws {JugError} of kind "usage" if one of the files exists (nothing is replaced), or if they cannot be created.
 */
export function makeProject({ folder, name, source, library }: ProjectPlan): Project {
  const isTyped = readsTypeScript();
  const jugfile = `${name}${isTyped ? ".ts" : ".js"}`;
  const text = isTyped ? source : source.replace(/: (?:number|Promise<boolean>)(?=[),; ])/g, "");
  const files: Record<string, string> = { [jugfile]: text };
  const address = library === undefined ? (Deno.build.standalone ? undefined : LIBRARY) : libraryUrl(library);
  // A compiled program contains the library, but other programs cannot import it from there.
  if (address !== undefined) files["deno.json"] = configText(address, jugfile);
  try {
    for (const file of Object.keys(files)) refuseExisting(join(folder, file), "Name another folder, or move it away");
    Deno.mkdirSync(folder, { recursive: true });
    for (const [file, content] of Object.entries(files)) {
      Deno.writeTextFileSync(join(folder, file), content, { createNew: true });
    }
  } catch (error) {
    throw explainRefusal(error, folder);
  }
  return {
    files: Object.keys(files),
    command: address === undefined ? `jug execute ${jugfile}` : "deno task execute",
  };
}

function libraryUrl(library: string): string {
  const url = /^(https?|file):/.test(library) ? library : pathToFileURL(resolve(library)).href;
  return url.endsWith("/") ? url : `${url}/`;
}

function configText(library: string, jugfile: string): string {
  const isOnDisk = library.startsWith("file:");
  const read = isOnDisk ? [".", fileURLToPath(library)] : ["."];
  // --quiet suppresses Deno's warning that permission sets are experimental.
  const run = (subcommand: string) =>
    `deno run --quiet --no-prompt --config deno.json -P=jug ${library}cli.ts ${subcommand}`.trimEnd();
  const config = {
    imports: { jug: `${library}mod.ts` },
    permissions: { jug: { read, write: ["."], sys: ["hostname"] } },
    tasks: {
      jug: run(""),
      // Deno strips types when it runs a module, without checking them.
      check: `deno check --quiet ${jugfile}`,
      execute: { command: run(`execute ${jugfile}`), dependencies: ["check"] },
      status: run(`status ${jugfile}`),
    },
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
