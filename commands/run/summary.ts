/**
 * The table at the end of `jug execute`: what this process ran, and how long it took.
 *
 * @module
 */
import { measuredText } from "../../engine/progress/throughput.ts";
import type { RunSummary } from "../../engine/run/run_request.ts";
import { type Column, countNames } from "../display/table.ts";

/**
 * Returns the names and the columns of the table: how many tasks of each name this process ran, how many results it
 * found, including those of others, and how many failed. Times are of the tasks that this process ran and that did not
 * fail. Columns that would tell nothing are left out.
 */
export function summaryColumns(
  { tally: { tasks }, failures }: Pick<RunSummary, "tally" | "failures">,
): readonly [names: readonly string[], columns: readonly Column[]] {
  const failed = countNames(failures.map(({ name }) => name));
  const names = new Set([...tasks.map(({ name }) => name), ...failed.keys()]);
  const ran = tasks.filter(({ executed }) => executed > 0);
  const executed = ran.reduce((sum, task) => sum + task.executed, 0);
  const ms = ran.reduce((sum, task) => sum + task.ms, 0);
  const columns: Column[] = [
    { title: "Executed", counts: new Map(tasks.map(({ name, executed }) => [name, executed])), style: "green" },
    { title: "Loaded", counts: new Map(tasks.map(({ name, loaded }) => [name, loaded])) },
  ];
  if (failed.size > 0) columns.push({ title: "Failed", counts: failed, style: "red" });
  const measured = (title: string, total: number, of: (task: typeof ran[number]) => number): Column => ({
    title,
    counts: new Map(ran.map((task) => [task.name, of(task)])),
    measure: { text: measuredText, total },
  });
  if (executed > 0) columns.push(measured("Time", ms, (task) => task.ms));
  // Of one task, the mean and the longest time are its time.
  if (ran.some((task) => task.executed > 1)) {
    columns.push(
      measured("Mean", ms / executed, (task) => task.ms / task.executed),
      measured("Longest", ran.reduce((most, task) => Math.max(most, task.longestMs), 0), (task) => task.longestMs),
    );
  }
  return [[...names], columns];
}
