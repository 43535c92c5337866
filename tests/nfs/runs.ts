/**
 * What ran, as the tasks themselves noted it (see jugfiles/witness.ts).
 *
 * @module
 */
import type { Host } from "./guests.ts";

/** One run of one task. */
export interface Run {
  readonly task: string;
  readonly host: Host;
  /** Of which process: unique among both hosts. */
  readonly process: string;
  /**
   * When it began and ended, in milliseconds since 1970. A guest's clock may differ by some tenths of a second from others,
   * where this machine is busy.
   */
  readonly begin: number;
  /** Absent where it did not come to its end. */
  readonly end: number | undefined;
}

/** All runs noted in `folder`, in the order in which they began. */
export function readRuns(folder: string): Run[] {
  const runs: Run[] = [];
  for (const { name } of Deno.readDirSync(folder)) {
    runs.push(...runsOfProcess(Deno.readTextFileSync(`${folder}/${name}`)));
  }
  return runs.sort((one, other) => one.begin - other.begin);
}

function runsOfProcess(text: string): Run[] {
  const runs: Run[] = [];
  // A line that is being written is left for the next look.
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

/** The runs of each task. */
export function runsByTask(runs: readonly Run[]): Map<string, Run[]> {
  return Map.groupBy(runs, (run) => run.task);
}

/** The runs of a host that have not ended. */
export function underWay(runs: readonly Run[], host: Host): Run[] {
  return runs.filter((run) => run.host === host && run.end === undefined);
}

/** A run in words, with the time since `start`. */
export function describeRun({ task, process, begin, end }: Run, start: number): string {
  return `${task} in ${process} from ${begin - start} ms to ${end === undefined ? "?" : `${end - start} ms`}`;
}
