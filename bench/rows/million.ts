/**
 * A million tasks: time and memory.
 *
 * @module
 */
import { jugCommand } from "../processes.ts";
import { oncePerRound, type Round } from "../round.ts";
import { count, perFurtherTask, type Row, type Size, type Yardstick } from "../row.ts";
import { fileOperations } from "../yardsticks/file_operations.ts";
import { executeNew } from "./flat_runs.ts";
import { lookingRows } from "./looking.ts";

/** The memory that a run may need, in MB. */
const MEMORY = 900;
/** What a second worker may add, in MB. */
const SECOND_WORKER = 500;

/** Rows for a million tasks that do nothing, and for looking at them. */
export function millionRows(size: Size): readonly Row[] {
  const [tasks, fewer] = [size(1_000_000), size(10_000)];
  const watchesMemory = true;
  const execute = (tasks: number, workers: number) =>
    oncePerRound((round) =>
      executeNew(round, "file", {
        jugfile: "flat.ts",
        args: [tasks],
        flags: ["--workers", String(workers)],
        watchesMemory,
      })
    );
  const [first, second, few, one] = [execute(tasks, 1), execute(tasks, 2), execute(fewer, 1), execute(1, 1)];
  const after = (subcommand: "execute" | "status") =>
    oncePerRound(async (round) => {
      const { jugdir } = await first(round);
      return await round.run(jugCommand(subcommand, "flat.ts", { args: [tasks], jugdir }), { watchesMemory });
    });
  const runs = [
    { what: "`execute`", run: first, seconds: 40 },
    { what: "`execute` again", run: after("execute"), seconds: 8 },
    { what: "`status`", run: after("status"), seconds: 6 },
  ];

  // A part of the operations is enough, since each takes as long as the others.
  const operations = oncePerRound((round) => Promise.resolve(fileOperations(round, fewer) / fewer * tasks));
  const files: Yardstick = { name: "file operations", measure: operations };
  const withoutStart = async (round: Round, seconds: number, tasks: number) =>
    perFurtherTask((await one(round)).seconds, seconds, tasks);
  const named = (what: string) => `file, ${count(tasks)} tasks: ${what}`;

  const times = runs.map(({ what, run, seconds }): Row => ({
    name: named(`${what}, time`),
    unit: "s",
    target: { kind: "most", value: seconds },
    measure: async (round) => (await run(round)).seconds,
    yardstick: files,
  }));
  const memory = runs.map(({ what, run }): Row => ({
    name: named(`${what}, memory`),
    unit: "MB",
    target: { kind: "most", value: MEMORY },
    measure: async (round) => (await run(round)).peakMegabytes,
  }));
  const looking = lookingRows(tasks, async (round) => (await first(round)).jugdir);
  return [...times, ...memory, ...looking, {
    name: named("memory of a second worker"),
    unit: "MB",
    target: { kind: "beyond", value: SECOND_WORKER },
    measure: async (round) => (await second(round)).peakMegabytes,
    yardstick: { name: "1 worker", measure: async (round) => (await first(round)).peakMegabytes },
  }, {
    name: `file, a task of ${count(tasks)}, without the start`,
    unit: "µs a task",
    target: { kind: "share", value: 1.3 },
    measure: async (round) => withoutStart(round, (await first(round)).seconds, tasks),
    yardstick: {
      name: `one of ${count(fewer)}`,
      measure: async (round) => withoutStart(round, (await few(round)).seconds, fewer),
    },
  }];
}
