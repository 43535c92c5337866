/**
 * Removes the results of tasks, after showing what goes and asking.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { InspectedTask } from "../../engine/inspect/inspect.ts";
import type { CommandContext } from "../cli/command.ts";
import { barrierNotice, type Inspection } from "../cli/inspection.ts";
import { countNames, printTable } from "../display/table.ts";
import { mayRemove, type Removal } from "./removal.ts";
import { removeResults, stillRunningText } from "./remove_results.ts";

/** Removes the results and failures of these tasks, dependencies first, if the user agrees. */
export async function removeTasks(
  context: CommandContext,
  inspection: Inspection,
  invalid: readonly InspectedTask[],
  removal: Removal,
): Promise<void> {
  const { backend } = inspection;
  const isShown = removal.isDry || context.canAsk && !removal.isAgreed;
  const there = isShown ? await backend.has(invalid.map((task) => task.hash)) : new Set<Hash>();
  if (there.size > 0) {
    const counts = countNames(invalid.filter((task) => there.has(task.hash)).map((task) => task.name));
    await printTable(context, [...counts.keys()], [{ title: "To remove", counts }]);
  }
  if (removal.isDry) context.stdout(`Would invalidate ${there.size} results\n`);
  if (!mayRemove(context, removal, there.size)) return;
  const removed = await removeResults(backend, invalid);
  const counts = countNames(invalid.filter((task) => removed.results.has(task.hash)).map((task) => task.name));
  if (counts.size === 0) context.stdout("No results invalidated\n");
  else await printTable(context, [...counts.keys()], [{ title: "Invalidated", counts }]);
  if (removed.failures > 0) context.say(`removed ${removed.failures} failures of these tasks`);
  const busy = stillRunningText(removed);
  if (busy !== undefined) context.say(busy);
  const notice = barrierNotice(inspection);
  if (notice !== undefined) context.say(`${notice}: their results were not removed`);
}
