/**
 * The option of the subcommands that create a project.
 *
 * @module
 */
import { resolve } from "node:path";
import type { OptionDeclaration } from "../cli/command.ts";

/** The location of the library, for an editor and `deno task`. */
export const LIBRARY_OPTION: OptionDeclaration = {
  flags: "--library <address>",
  description: "the folder or URL that contains mod.ts and cli.ts",
  value: {
    kind: "text",
    fallback: "those of this jug",
    names: "folder",
    rebase: (text, folder) => /^(https?|file):/.test(text) ? text : resolve(folder, text),
  },
};
