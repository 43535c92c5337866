/**
 * What a task that does nothing costs on each backend.
 *
 * @module
 */
import { oncePerRound, type Round } from "../round.ts";
import { count, perFurtherTask, perTask, type Row, type Target, type Yardstick } from "../row.ts";
import { fileOperations } from "../yardsticks/file_operations.ts";
import { redisCommands } from "../yardsticks/redis_client.ts";
import type { BackendName, FlatRuns } from "./flat_runs.ts";

/** Rows for each backend: whole processes against Python's jug, and without the start against the bare operations. */
export function backendRows(runs: FlatRuns): readonly Row[] {
  const { tasks } = runs;
  const operations = oncePerRound((round: Round) => Promise.resolve(fileOperations(round, tasks)));
  const files: Yardstick = {
    name: "file operations",
    measure: async (round) => perTask(await operations(round), tasks),
  };
  const commands: Yardstick = {
    name: "bare client",
    measure: async (round) => perTask(await redisCommands(round, tasks), tasks),
  };

  const row = (what: string, target: Target, measure: Row["measure"], yardstick?: Yardstick): Row => ({
    name: `${what}, ${count(tasks)} tasks, 1 worker`,
    unit: "µs a task",
    target,
    measure,
    ...(yardstick === undefined ? {} : { yardstick }),
  });
  const besideJug = (backend: BackendName, on: "file" | "redis", times: number): Row =>
    row(
      `${backend} beside jug`,
      { kind: "faster", value: times },
      async (round) => perTask((await runs.ours[backend](round)).seconds, tasks),
      { name: `jug, ${on}`, measure: async (round) => perTask((await runs.python[on](round)).seconds, tasks) },
    );
  const besideBare = (backend: "file" | "redis", share: number, yardstick: Yardstick): Row =>
    row(`${backend} beside its bare operations`, { kind: "share", value: share }, async (round) => {
      const one = (await runs.one[backend](round)).seconds;
      return perFurtherTask(one, (await runs.ours[backend](round)).seconds, tasks);
    }, yardstick);

  return [
    row(
      "the bare file operations",
      { kind: "most", value: 50 },
      async (round) => perTask(await operations(round), tasks),
    ),
    besideJug("file", "file", 10),
    besideBare("file", 0.5, files),
    besideJug("sqlite", "file", 15),
    besideJug("memory:", "file", 25),
    besideJug("redis", "redis", 15),
    besideBare("redis", 1.5, commands),
  ];
}
