/**
 * `jug execute`: runs the tasks that are not finished. The implementation is in run_execute.ts, which is loaded only
 * when the subcommand runs.
 *
 * @module
 */
import type { Command } from "../cli/command.ts";
import { NO_LINE } from "../cli/configuration.ts";
import { optionText } from "../cli/option_text.ts";
import { EXECUTE_OPTIONS } from "./execute_declarations.ts";
import { executeOptions } from "./execute_options.ts";

/** The subcommand. */
export const execute: Command = {
  name: "execute",
  aliases: ["run"],
  summary: "Run the tasks that are not finished",
  examples: [
    ["jug execute primes.ts --workers auto", "one thread per processor"],
    ["jug execute primes.ts --time 2h", "in a job of two hours: begin only what can end"],
  ],
  options: EXECUTE_OPTIONS,
  prepare(values, _operands, { configuration } = NO_LINE) {
    const options = executeOptions(values);
    const text = optionText(this.options, values);
    if (options.dryRun) return async (context) => (await import("./dry_run.ts")).dryRun(context, options);
    return async (context) => (await import("./run_execute.ts")).runExecute(context, options, { text, configuration });
  },
};
