/**
 * Writes the completion script of a shell.
 *
 * @module
 */
import type { Command } from "../cli/command.ts";
import { bashScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import { tableOf } from "./tables.ts";
import { zshScript } from "./zsh.ts";

/** A shell for which there are scripts. */
export type Shell = "bash" | "zsh" | "fish";

/** Returns the script for a shell in which jug is called `name`. */
export function completionScript(shell: Shell, name: string, commands: readonly Command[]): string {
  const rows = tableOf(commands);
  switch (shell) {
    case "bash":
      return bashScript(name, rows);
    case "zsh":
      return zshScript(name, rows);
    case "fish":
      return fishScript(name, rows);
  }
}
