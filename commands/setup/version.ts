/**
 * `jug version`: prints the version.
 *
 * @module
 */
import type { Command } from "../cli/command.ts";
import config from "../../deno.json" with { type: "json" };

/** The subcommand. */
export const version: Command = {
  name: "version",
  summary: "Show the version",
  options: [],
  operands: [],
  hasJugfile: false,
  hasSettings: false,
  prepare: () => (context) => {
    context.stdout(`jug ${config.version}\n`);
    return Promise.resolve({ kind: "done" });
  },
};
