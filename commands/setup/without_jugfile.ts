/**
 * The subcommands that work on no jugfile, and what they need: their operands say it all.
 *
 * @module
 */
import type { Command } from "../cli/command.ts";
import { copy } from "../store/copy.ts";
import { demo } from "./demo.ts";
import { init } from "./init.ts";
import { version } from "./version.ts";
import type { Need } from "../permissions/need.ts";
import { jugdirNeeds } from "../permissions/own_needs.ts";

/** Such a subcommand. */
export interface LoneCommand {
  readonly command: Command;
  /** How its flags are asked for. */
  readonly usage: string;
  /** `operands` are right by the command's own check. */
  needsOf(operands: readonly string[]): Need[];
}

/** By name. */
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
  version: { command: version, usage: "jug permissions version", needsOf: () => [] },
};

/** The one of this name. */
export function loneCommand(name: string): LoneCommand | undefined {
  return Object.hasOwn(LONE_COMMANDS, name) ? LONE_COMMANDS[name] : undefined;
}

/** What is there is not replaced, so it is looked for. */
function projectNeeds(folder: string): Need[] {
  return [{ kind: "read", value: folder }, { kind: "write", value: folder }];
}
