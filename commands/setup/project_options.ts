/**
 * The option of the subcommands that make a project.
 *
 * @module
 */
import type { OptionDeclaration } from "../cli/command.ts";

/** Where an editor and `deno task` find the library. */
export const LIBRARY_OPTION: OptionDeclaration = {
  flags: "--library <address>",
  description: "the folder or URL where mod.ts and cli.ts are (default: where this jug is)",
};
