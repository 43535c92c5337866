/**
 * `jug execute`: runs the tasks that are not finished. The implementation is in run_execute.ts, which is loaded only
 * when the subcommand runs.
 *
 * @module
 */
import type { Command } from "../cli/command.ts";
import { executeOptions } from "./execute_options.ts";
import { ISOLATE_OPTIONS } from "./isolate_options.ts";

/** The subcommand. */
export const execute: Command = {
  name: "execute",
  aliases: ["run"],
  summary: "Run the tasks that are not finished",
  options: [
    { flags: "-j, --workers <n>", description: "how many threads run tasks, or auto: one a processor (default: 1)" },
    { flags: "--concurrency <n>", description: "how many asynchronous tasks each worker runs at once (default: 1)" },
    ...ISOLATE_OPTIONS,
    { flags: "--resources <list>", description: "what tasks may take of this process, as in gpu=2,disk=1" },
    { flags: "--target <pattern>", description: "run only tasks of this name: primes.isPrime, isPrime or /regex/" },
    { flags: "-k, --keep-going", description: "go on with other tasks after one failed" },
    { flags: "--max-failures <n>", description: "go on after failures, and stop at so many" },
    { flags: "--keep-failed", description: "keep failures: later runs leave the failed tasks alone" },
    {
      flags: "--nr-wait-cycles <n>",
      description: "how often to wait for tasks held by others before giving up (default: 150)",
    },
    { flags: "--wait-cycle-time <seconds>", description: "how long each of these waits is (default: 12)" },
    { flags: "--lease <seconds>", description: "how long a lock holds that nobody renews (default: 30)" },
    { flags: "--cache-size <MB>", description: "how much of the results is kept in memory, encoded (default: 256)" },
    {
      flags: "--check",
      description: "check the jugfile's types first, by deno check; run nothing where they are wrong",
    },
    {
      flags: "--debug",
      description:
        "check that no task changes its arguments, that every load declares the same, and how calls are written",
    },
    { flags: "--inspect", description: "wait for a debugger, such as that of chrome://inspect" },
    { flags: "--inspect-port <n>", description: "where it connects; 0 is any free port (default: 9229)" },
    { flags: "--pdb", description: "the old name of --inspect" },
    { flags: "--no-check-environment", description: "ignore JUG_MAX_TASKS and its like, and the stop file" },
  ],
  prepare(values) {
    const options = executeOptions(values);
    return async (context) => (await import("./run_execute.ts")).runExecute(context, options);
  },
};
