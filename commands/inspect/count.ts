/**
 * `jug count`: prints how many tasks of each name the jugfile declares.
 *
 * @module
 */
import type { Command, CommandContext } from "../cli/command.ts";
import { barrierNotice, type Inspection } from "../cli/inspection.ts";
import { countNames, printTable } from "../display/table.ts";
import { withInspection } from "../cli/with_inspection.ts";

/** The subcommand. */
export const count: Command = {
  name: "count",
  summary: "Count the tasks of each name",
  options: [],
  prepare: () => (context) => withInspection(context, (inspection) => showCount(context, inspection)),
};

async function showCount(context: CommandContext, inspection: Inspection) {
  const counts = countNames(inspection.tasks.map((task) => task.name));
  await printTable(context, [...counts.keys()], [{ title: "Count", counts }]);
  const notice = barrierNotice(inspection);
  if (notice !== undefined) context.say(notice);
  return { kind: "done" } as const;
}
