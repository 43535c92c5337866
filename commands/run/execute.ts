/**
 * `jug execute`: runs the tasks that are not finished. The implementation is in run_execute.ts, which is loaded only
 * when the subcommand runs.
 *
 * @module
 */
import type { Command } from "../cli/command.ts";
import { optionText } from "../cli/option_text.ts";
import { executeOptions } from "./execute_options.ts";
import { ISOLATE_OPTIONS } from "./isolate_options.ts";

/** The subcommand. */
export const execute: Command = {
  name: "execute",
  aliases: ["run"],
  summary: "Run the tasks that are not finished",
  options: [
    { flags: "-j, --workers <n>", description: "how many threads run tasks, or auto: one per processor (default: 1)" },
    { flags: "--concurrency <n>", description: "how many asynchronous tasks each worker runs at once (default: 1)" },
    ...ISOLATE_OPTIONS,
    { flags: "--resources <list>", description: "resources of this process that tasks share, as in gpu=2,disk=1" },
    { flags: "--target <pattern>", description: "run only tasks of this name: primes.isPrime, isPrime or /regex/" },
    {
      flags: "--dry-run",
      description: "print what would be run now, and run nothing",
      conflicts: ["debug", "inspect", "inspectPort", "pdb"],
    },
    { flags: "-k, --keep-going", description: "continue with other tasks after one failed" },
    { flags: "--max-failures <n>", description: "continue after failures, and stop after n of them" },
    { flags: "--keep-failed", description: "keep failures: later runs skip the failed tasks" },
    {
      flags: "--nr-wait-cycles <n>",
      description: "how many times to wait for tasks that other processes hold (default: 150)",
    },
    { flags: "--wait-cycle-time <seconds>", description: "how long each of these waits is (default: 12)" },
    { flags: "--lease <seconds>", description: "how long a lock is valid without being renewed (default: 30)" },
    { flags: "--durable", description: "wait until results are on the disk, so that a power cut loses none" },
    {
      flags: "--cache-size <MB>",
      description: "memory for encoded results that other tasks still need (default: 256)",
    },
    {
      flags: "--check",
      description: "check the jugfile's types first, with deno check; run nothing if they are wrong",
    },
    {
      flags: "--debug",
      description:
        "check that no task changes its arguments, and that every load declares the same tasks; report calls that lack arguments",
    },
    { flags: "--inspect", description: "wait for a debugger, such as that of chrome://inspect" },
    {
      flags: "--inspect-port <n>",
      description: "the port that the debugger connects to; 0 is any free port (default: 9229)",
    },
    { flags: "--pdb", description: "the old name of --inspect" },
    { flags: "--no-check-environment", description: "ignore JUG_MAX_TASKS and similar variables, and the stop file" },
  ],
  prepare(values) {
    const options = executeOptions(values);
    const text = optionText(this.options, values);
    if (options.dryRun) return async (context) => (await import("./dry_run.ts")).dryRun(context, options);
    return async (context) => (await import("./run_execute.ts")).runExecute(context, options, text);
  },
};
