/**
 * What a task that does nothing costs if its result must be on the disk before it counts.
 *
 * @module
 */
import { jugCommand } from "../processes.ts";
import type { Round } from "../round.ts";
import { count, perTask, type Row, type Size } from "../row.ts";
import { pythonJug } from "../yardsticks/python_jug.ts";

/** The file backend with `--durable`, against Python's jug, which always syncs. */
export function durableRows(size: Size): readonly Row[] {
  const tasks = size(100_000);
  return [{
    name: `file with --durable beside jug, on a disk, ${count(tasks)} tasks, 1 worker`,
    unit: "µs a task",
    target: { kind: "faster", value: 10 },
    async measure(round: Round) {
      const options = { args: [tasks], jugdir: `${round.newDiskFolder()}/jugdata`, flags: ["--durable"] };
      return perTask((await round.run(jugCommand("execute", "flat.ts", options))).seconds, tasks);
    },
    yardstick: {
      name: "jug, file, on the disk",
      async measure(round: Round) {
        const options = { jugfile: "flat.py", args: [tasks], jugdir: `${round.newDiskFolder()}/jugdata` };
        return perTask((await pythonJug(round, "execute", options)).seconds, tasks);
      },
    },
  }];
}
