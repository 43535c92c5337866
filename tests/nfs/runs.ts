/**
 * The runs of tasks, as the tasks themselves noted them (see jugfiles/witness.ts).
 *
 * @module
 */
import type { Host } from "./guests.ts";

/** One run of one task. */
export interface Run {
  readonly task: string;
  readonly host: Host;
  /** The process that ran it: unique among both hosts. */
  readonly process: string;
  /**
   * When it began and ended, in milliseconds since 1970. On a busy machine the clocks of guests may differ by some
   * tenths of a second.
   */
  readonly begin: number;
  /** `undefined` if it has not ended. */
  readonly end: number | undefined;
}

/** Returns all runs noted in `folder`, in the order in which they began. */
export function readRuns(folder: string): Run[] {
  const runs: Run[] = [];
  for (const { name } of Deno.readDirSync(folder)) {
    runs.push(...runsOfProcess(Deno.readTextFileSync(`${folder}/${name}`)));
  }
  return runs.sort((one, other) => one.begin - other.begin);
}

function runsOfProcess(text: string): Run[] {
  const runs: Run[] = [];
  // Ignore the last line if it is incomplete: it is still being written.
  for (const line of text.split("\n").slice(0, -1)) {
    const [what, task = "", time, host, pid = ""] = line.split(" ");
    if (host !== "a" && host !== "b") throw new Error(`no note of a task: ${line}`);
    if (what === "begin") {
      runs.push({ task, host, process: `${host}${pid}`, begin: Number(time), end: undefined });
    } else {
      const index = runs.findLastIndex((run) => run.task === task && run.end === undefined);
      const run = runs[index];
      if (run !== undefined) runs[index] = { ...run, end: Number(time) };
    }
  }
  return runs;
}

/** Groups runs by task. */
export function runsByTask(runs: readonly Run[]): Map<string, Run[]> {
  return Map.groupBy(runs, (run) => run.task);
}

/** Returns the runs of a host that have not ended. */
export function underWay(runs: readonly Run[], host: Host): Run[] {
  return runs.filter((run) => run.host === host && run.end === undefined);
}

/** Describes a run in words, with times since `start`. */
export function describeRun({ task, process, begin, end }: Run, start: number): string {
  return `${task} in ${process} from ${begin - start} ms to ${end === undefined ? "?" : `${end - start} ms`}`;
}
