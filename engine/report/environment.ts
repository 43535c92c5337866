/**
 * Where and how the tasks of a report were run.
 *
 * @module
 */
import type { ProcessEntry } from "../../backends/backend.ts";
import type { ReportEnvironment } from "../../web/data/report_data.ts";
import type { Runs } from "../analysis/measure.ts";
import { placeOf } from "../analysis/presence.ts";

/** The program that makes a report. */
export interface ReportProgram {
  /** The version of jug. */
  readonly jug: string;
  readonly deno: string;
  /** Operating system and processor. */
  readonly platform: string;
}

/** What the environment follows from. */
export interface EnvironmentSource {
  readonly program: ReportProgram;
  readonly runs: Pick<Runs, "columns" | "processes">;
  /** The address of the jugdir, without a password. */
  readonly jugdir: string;
  /** The arguments for the jugfile; `undefined` if they are to be left out. */
  readonly args: readonly string[] | undefined;
}

/** The most processes. */
const PROCESSES = 50;
/** The most hosts. */
const HOSTS = 200;

/** Returns where and how tasks were run. */
export function environmentOf({ program, runs, jugdir, args }: EnvironmentSource): ReportEnvironment {
  const { columns, processes } = runs;
  const hosts = new Set([...columns.workers.map((name) => placeOf(name).host), ...processes.map(({ host }) => host)]);
  const sorted = processes.toSorted((a, b) => (b.started ?? 0) - (a.started ?? 0));
  return {
    ...program,
    args: args ?? null,
    jugdir,
    hosts: [...hosts].filter((host) => host !== undefined).toSorted().slice(0, HOSTS),
    processes: sorted.slice(0, PROCESSES).map(({ host, pid, started, left, state, options }: ProcessEntry) => ({
      host: host ?? null,
      pid: pid ?? null,
      started: started ?? null,
      left: left ?? null,
      state,
      options: options ?? null,
    })),
    processesLeftOut: Math.max(0, sorted.length - PROCESSES),
  };
}
