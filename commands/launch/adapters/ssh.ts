/**
 * Workers as processes on a list of hosts, started by ssh.
 *
 * @module
 */
import type { Adapter, Job, Launch } from "../job.ts";
import { order } from "./output.ts";
import { killWords, processesOf, processScript, PS, startedOf, startScript } from "./start_script.ts";

/** What a host of `--hosts` looks like: an alias, a name or an address, with a user if need be. */
export const HOST = /^(?:[\w.-]+@)?[A-Za-z0-9][\w.-]*$/;

/** More processes are not started at once by one shell. */
const MOST = 1000;

/** Returns the adapter. */
export function ssh(launch: Launch, hosts: readonly string[]): Adapter {
  // Nobody can be asked for a password.
  const to = (host: string, ...words: string[]) => ["ssh", "-o", "BatchMode=yes", ...launch.extra, host, ...words];
  return {
    submit({ count, jobs }) {
      const shares = sharesOf(count, hosts, jobs);
      return {
        script: processScript(launch),
        calls: [...shares].map(([host, share]) => ({
          argv: to(host, "sh"),
          stdin: startScript(launch, share, `${host}.`),
          read: ({ stdout }) => startedOf(stdout, `${host}.`),
        })),
      };
    },
    count: () =>
      hosts.map((host) => ({
        argv: to(host, ...PS),
        read: ({ stdout }) => processesOf(stdout, launch.names).filter(({ id }) => hostOf(id) === host),
      })),
    cancel: (names, ending, jobs) =>
      hosts.flatMap((host) => {
        const words = killWords(jobs.filter(({ id }) => hostOf(id) === host), names, ending);
        // A status of 1 means that one of them has ended meanwhile.
        return words === undefined ? [] : [order(to(host, ...words), { statuses: [1] })];
      }),
    limits: () => ({ array: MOST }),
    log: (id) => `${launch.logs}/${launch.name}.${id}.log`,
  };
}

/** The id of a job is its host and its process. */
function hostOf(id: string): string {
  return id.slice(0, id.lastIndexOf("."));
}

/** Returns how many workers to start on each host, so that all have about as many. */
export function sharesOf(count: number, hosts: readonly string[], jobs: readonly Job[]): Map<string, number> {
  const loads = new Map(hosts.map((host) => [host, jobs.filter(({ id }) => hostOf(id) === host).length]));
  const shares = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const [host] = [...loads].reduce((least, each) => each[1] < least[1] ? each : least);
    loads.set(host, (loads.get(host) ?? 0) + 1);
    shares.set(host, (shares.get(host) ?? 0) + 1);
  }
  return shares;
}
