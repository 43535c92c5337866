/**
 * `jug config`: prints the settings, and where each comes from.
 *
 * @module
 */
import type { Command } from "../cli/command.ts";
import { NO_LINE } from "../cli/configuration.ts";
import { flagOption } from "../cli/option_values.ts";
import { STOP_VARIABLES } from "../run/stop_rules.ts";

const EACH_TIME = "It chooses what one command prints; give it on the command line";

/** The subcommand. */
export const config: Command = {
  name: "config",
  summary: "Show the settings, and which file, variable or option each comes from",
  operands: [{
    name: "subcommand",
    description: "the subcommand whose settings to show (default: all); its options may follow --",
    isOptional: true,
    names: "subcommand",
  }],
  options: [
    { flags: "--json", description: "JSON for programs", conflicts: ["schema"], notInFiles: EACH_TIME },
    {
      flags: "--schema",
      description: "print the JSON schema of configuration files, for editors",
      conflicts: ["json"],
      notInFiles: EACH_TIME,
    },
  ],
  prepare(values, operands = [], line = NO_LINE) {
    if (flagOption(values, "schema")) {
      return async (context) => {
        const { configSchema } = await import("../config/schema.ts");
        context.stdout(`${JSON.stringify(configSchema(line.commands), undefined, 2)}\n`);
        return { kind: "done" };
      };
    }
    const isJson = flagOption(values, "json");
    return async (context) => {
      const { showConfig } = await import("../config/show.ts");
      showConfig(context, { line, operands, values, isJson, variables: STOP_VARIABLES });
      return { kind: "done" };
    };
  },
};
