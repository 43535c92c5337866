/**
 * What is left to do when all is done.
 *
 * @module
 */
import { jugCommand } from "../processes.ts";
import { count, perTask, type Row } from "../row.ts";
import { pythonJug } from "../yardsticks/python_jug.ts";
import type { FlatRuns } from "./flat_runs.ts";

/** Rows for `execute` again, and for `status`, when all tasks are finished. */
export function finishedRows({ tasks, ours, python }: FlatRuns): readonly Row[] {
  const row = (subcommand: "execute" | "status", name: string): Row => ({
    name: `file, ${name} with ${count(tasks)} finished`,
    unit: "µs a task",
    target: { kind: "faster", value: 5 },
    async measure(round) {
      const { jugdir } = await ours.file(round);
      const { seconds } = await round.run(jugCommand(subcommand, "flat.ts", { args: [tasks], jugdir }));
      return perTask(seconds, tasks);
    },
    yardstick: {
      name: "jug, file",
      async measure(round) {
        const { jugdir } = await python.file(round);
        const { seconds } = await pythonJug(round, subcommand, { jugfile: "flat.py", args: [tasks], jugdir });
        return perTask(seconds, tasks);
      },
    },
  });
  return [row("execute", "`execute` again"), row("status", "`status`")];
}
