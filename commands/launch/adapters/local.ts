/**
 * Workers as processes on this machine.
 *
 * @module
 */
import type { Adapter, Launch } from "../job.ts";
import { order } from "./output.ts";
import { killWords, processesOf, processScript, PS, startedOf, startScript } from "./start_script.ts";

/** More processes are not started at once by one shell. */
const MOST = 1000;

/** Returns the adapter. */
export function local(launch: Launch): Adapter {
  return {
    submit: ({ count }) => ({
      script: processScript(launch),
      calls: [{ argv: ["sh"], stdin: startScript(launch, count), read: ({ stdout }) => startedOf(stdout) }],
    }),
    count: () => [{ argv: PS, read: ({ stdout }) => processesOf(stdout, launch.names) }],
    cancel(names, ending, jobs) {
      const words = killWords(jobs, names, ending);
      // A status of 1 means that one of them has ended meanwhile.
      return words === undefined ? [] : [order(words, { statuses: [1] })];
    },
    limits: () => ({ array: MOST }),
    log: (id) => `${launch.logs}/${launch.name}.${id}.log`,
  };
}
