/**
 * `jug check`: reports by its exit status whether every task is finished.
 *
 * @module
 */
import type { Command, CommandContext } from "../cli/command.ts";
import { barrierNotice, type Inspection, requireTasks } from "../cli/inspection.ts";
import type { Outcome } from "../cli/outcome.ts";
import { withInspection } from "../cli/with_inspection.ts";

/** The subcommand. */
export const check: Command = {
  name: "check",
  summary: "Exit with 0 if every task is finished, else with 1",
  options: [],
  prepare: () => (context) => withInspection(context, (inspection) => checkFinished(context, inspection)),
};

async function checkFinished(context: CommandContext, inspection: Inspection): Promise<Outcome> {
  await requireTasks(context, inspection);
  const { tasks } = inspection;
  const finished = await inspection.backend.has(tasks.map((task) => task.hash));
  const left = tasks.filter((task) => !finished.has(task.hash)).length;
  const reasons = left === 0 ? [] : [`${left} of ${tasks.length} tasks are not finished`];
  const notice = barrierNotice(inspection);
  if (notice !== undefined) reasons.push(notice);
  return reasons.length === 0 ? { kind: "done" } : { kind: "unfinished", reasons };
}
