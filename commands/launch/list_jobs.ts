/**
 * `jug launch --list`: the workers that wait and run.
 *
 * @module
 */
import { durationText } from "../../engine/progress/throughput.ts";
import type { Outcome } from "../cli/outcome.ts";
import { plainLine } from "../display/plain.ts";
import { textTable } from "../display/text_table.ts";
import type { Launching } from "./launching.ts";

/** Prints the jobs as a table. */
export async function listJobs({ context, scheduler, launch }: Launching): Promise<Outcome> {
  const jobs = (await scheduler.count()).filter(({ name }) => launch.names.includes(name));
  if (jobs.length === 0) {
    context.stdout(`No worker of ${launch.name} waits or runs\n`);
    return { kind: "done" };
  }
  const rows = jobs.map(({ id, name, state, seconds, note = "" }) => [
    id,
    name,
    state,
    state === "waiting" || seconds === undefined ? "" : durationText(seconds * 1000),
    plainLine(note),
  ]);
  const columns = [
    { title: "Job" },
    { title: "Name" },
    { title: "State" },
    { title: "Time", align: "right" as const },
    { title: "Where, or why not yet", isElastic: true },
  ];
  context.stdout(await textTable(columns, rows, context));
  return { kind: "done" };
}
