/**
 * The subcommands that work without a jugfile, and what they need. That depends on their operands only.
 *
 * @module
 */
import type { Command } from "../cli/command.ts";
import { completions } from "../setup/completions.ts";
import { copy } from "../change/copy.ts";
import { demo } from "../setup/demo.ts";
import { init } from "../setup/init.ts";
import { installSkills } from "../setup/install_skills.ts";
import { version } from "../setup/version.ts";
import type { Need } from "../deno_flags/need.ts";
import { jugdirNeeds } from "../deno_flags/own_needs.ts";

/** A subcommand that works without a jugfile. */
export interface LoneCommand {
  readonly command: Command;
  /** The command line that prints its flags. */
  readonly usage: string;
  /** The option, in camel case, that the operand after the subcommand's name stands for; missing if it has operands. */
  readonly operandIs?: string;
  /** Returns what the subcommand needs for these operands, which its `prepare` has accepted. */
  needsOf(operands: readonly string[]): Need[];
}

/** These subcommands, by name. */
export const LONE_COMMANDS: Readonly<Record<string, LoneCommand>> = {
  copy: {
    command: copy,
    usage: "jug permissions copy FROM TO",
    needsOf: ([from = "", to = ""]) => [...jugdirNeeds(from, "read"), ...jugdirNeeds(to, "write")],
  },
  init: { command: init, usage: "jug permissions init FOLDER", needsOf: ([folder = "."]) => projectNeeds(folder) },
  demo: {
    command: demo,
    usage: "jug permissions demo FOLDER",
    needsOf: ([folder = "jug-demo"]) => projectNeeds(folder),
  },
  "install-skills": {
    command: installSkills,
    usage: "jug permissions install-skills DIR",
    operandIs: "output",
    needsOf: ([folder = "."]) => projectNeeds(folder),
  },
  completions: { command: completions, usage: "jug permissions completions SHELL", needsOf: () => [] },
  version: { command: version, usage: "jug permissions version", needsOf: () => [] },
};

/** Returns the subcommand of this name, if there is one. */
export function loneCommand(name: string): LoneCommand | undefined {
  return Object.hasOwn(LONE_COMMANDS, name) ? LONE_COMMANDS[name] : undefined;
}

/** Returns what creating files in a folder needs: it reads, too, since it checks that no file exists. */
function projectNeeds(folder: string): Need[] {
  return [{ kind: "read", value: folder }, { kind: "write", value: folder }];
}
