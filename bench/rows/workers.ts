/**
 * What a second worker gains.
 *
 * @module
 */
import { programCommand } from "../processes.ts";
import type { Round } from "../round.ts";
import { count, perTask, type Row, type Size } from "../row.ts";
import { executeNew, type FlatRuns } from "./flat_runs.ts";

/** Returns the seconds of an `execute` of tasks that compute. */
async function computing(round: Round, tasks: number, workers: number): Promise<number> {
  const flags = ["--workers", String(workers)];
  return (await executeNew(round, "file", { jugfile: "computing.ts", args: [tasks], flags })).seconds;
}

/** Returns how many times as fast two processes are as one, which do the same without jug. */
async function gainOfTwoProcesses(round: Round, tasks: number): Promise<number> {
  const half = Math.ceil(tasks / 2);
  const one = (await round.run(programCommand("compute.ts", 0, tasks))).seconds;
  const two = await Promise.all([
    round.run(programCommand("compute.ts", 0, half)),
    round.run(programCommand("compute.ts", half, tasks)),
  ]);
  return one / Math.max(...two.map(({ seconds }) => seconds));
}

/** A row for two workers that compute. */
export function computingRows(size: Size): readonly Row[] {
  const tasks = size(10_000);
  return [{
    name: `2 workers, ${count(tasks)} tasks of 1 ms computing: gain over 1`,
    unit: "times",
    target: { kind: "gain", value: 0.95 },
    measure: async (round) => await computing(round, tasks, 1) / await computing(round, tasks, 2),
    yardstick: { name: "two bare processes", measure: (round) => gainOfTwoProcesses(round, tasks) },
  }];
}

/** A row for two workers whose tasks do nothing. */
export function secondWorkerRows({ tasks, ours }: FlatRuns): readonly Row[] {
  return [{
    name: `file, ${count(tasks)} tasks, 2 workers`,
    unit: "µs a task",
    target: { kind: "faster", value: 1.5 },
    async measure(round) {
      const run = await executeNew(round, "file", { jugfile: "flat.ts", args: [tasks], flags: ["--workers", "2"] });
      return perTask(run.seconds, tasks);
    },
    yardstick: { name: "1 worker", measure: async (round) => perTask((await ours.file(round)).seconds, tasks) },
  }];
}
