/**
 * The settings that configuration files may contain: the options of all subcommands, by their long names.
 *
 * @module
 */
import type { Command } from "../cli/command.ts";
import { optionsOf } from "../cli/common_options.ts";
import { namesOf, type OptionDeclaration } from "../cli/declaration.ts";

/** An option of one subcommand. */
export interface Known {
  readonly command: Command;
  readonly declaration: OptionDeclaration;
}

/** Returns the subcommands that have settings of their own. */
export function configurable(commands: readonly Command[]): Command[] {
  return commands.filter(({ hasSettings = true, settingsOf }) => hasSettings && settingsOf === undefined);
}

/** Returns the options of a subcommand that files can set, by their names in files. */
export function settingsOf(command: Command): Map<string, OptionDeclaration> {
  return new Map(
    optionsOf(command).flatMap((declaration) => {
      const { long } = namesOf(declaration);
      return long === undefined || declaration.notInFiles !== undefined ? [] : [[long, declaration]];
    }),
  );
}

/** Returns the subcommands in which `name` is a setting. */
export function havingSetting(name: string, commands: readonly Command[]): Known[] {
  return configurable(commands).flatMap((command) => {
    const declaration = settingsOf(command).get(name);
    return declaration === undefined ? [] : [{ command, declaration }];
  });
}

/** What is on the command line, or is written differently in a file, and why. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  help: "It shows a text and runs nothing",
  version: "It shows a text and runs nothing",
  config: "A file cannot choose which files are read",
  jugfile: "Files are found from the folder of the jugfile, so it is named on the command line",
  args: "Arguments of the jugfile determine its tasks; give them on the command line",
  arguments: "Arguments of the jugfile determine its tasks; give them on the command line",
};

/** Returns why files cannot contain what `name` means on the command line of these subcommands. */
export function whyRefused(name: string, commands: readonly Command[]): string | undefined {
  for (const command of commands) {
    const found = optionsOf(command).find((declaration) => namesOf(declaration).all.some((flag) => isName(flag, name)));
    if (found?.notInFiles !== undefined) return found.notInFiles;
  }
  return Object.hasOwn(OTHER_WORDS, name) ? OTHER_WORDS[name] : undefined;
}

function isName(flag: string, name: string): boolean {
  return flag.replace(/^--?/, "") === name;
}
