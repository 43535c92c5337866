/**
 * `jug launch`: submits workers to a scheduler. The implementation is in run_launch.ts, which is loaded only when the
 * subcommand runs.
 *
 * @module
 */
import type { Command } from "../cli/command.ts";
import { NO_LINE } from "../cli/configuration.ts";
import { SCHEDULER_KINDS } from "../deno_flags/launch_needs.ts";
import { executeOptions } from "../run/execute_options.ts";
import { LAUNCH_OPTIONS, launchOptions } from "./launch_options.ts";

/** The subcommand. */
export const launch: Command = {
  name: "launch",
  summary: "Start workers by a scheduler, such as Slurm, for tasks that are ready",
  operands: [{
    name: "kind",
    description: `the kind of scheduler: ${SCHEDULER_KINDS.join(", ")}`,
    choices: SCHEDULER_KINDS,
  }],
  operandsFirst: true,
  takesRest: "ARGUMENTS FOR THE SCHEDULER",
  examples: [
    ["jug launch local primes.ts --max 4", "start four workers on this machine"],
    [
      "jug launch slurm primes.ts --max 50 --time 2h --workers 8 --watch -- -p main --mem 8G",
      "keep up to 50 workers of eight threads while tasks are ready",
    ],
    ["jug launch slurm primes.ts --print", "print the script"],
    ["jug launch slurm primes.ts --cancel", "end the workers"],
  ],
  options: LAUNCH_OPTIONS,
  prepare(values, [kind] = [], { rest = [] } = NO_LINE) {
    const options = launchOptions(values, kind);
    executeOptions(values); // refuses what a worker would refuse
    return async (context) => {
      const { runLaunch } = await import("./run_launch.ts");
      return await runLaunch(context, { options, extra: rest, values });
    };
  },
};
