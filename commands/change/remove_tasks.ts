/**
 * Removes the results of tasks, after showing what goes and asking.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { InspectedTask } from "../../engine/inspect/inspect.ts";
import { readProgress } from "../../engine/inspect/task_state.ts";
import type { CommandContext } from "../cli/command.ts";
import { barrierNotice, type Inspection } from "../cli/inspection.ts";
import { countNames, printTable } from "../display/table.ts";
import { mayRemove, type Removal } from "./removal.ts";

/** Removes the results and failures of these tasks, dependencies first, if the user agrees. */
export async function removeTasks(
  context: CommandContext,
  inspection: Inspection,
  invalid: readonly InspectedTask[],
  removal: Removal,
): Promise<void> {
  const { backend } = inspection;
  // Dependencies come first, so that no worker recomputes a dependent from an old result in the meantime.
  const hashes = invalid.map((task) => task.hash);
  const isShown = removal.isDry || context.canAsk && !removal.isAgreed;
  const there = isShown ? await backend.has(hashes) : new Set<Hash>();
  if (there.size > 0) {
    const counts = countNames(invalid.filter((task) => there.has(task.hash)).map((task) => task.name));
    await printTable(context, [...counts.keys()], [{ title: "To remove", counts }]);
  }
  if (removal.isDry) context.stdout(`Would invalidate ${there.size} results\n`);
  if (!mayRemove(context, removal, there.size)) return;
  const removed = await backend.remove(hashes);
  const failures = await backend.removeFailures(hashes);
  const counts = countNames(invalid.filter((task) => removed.has(task.hash)).map((task) => task.name));
  if (counts.size === 0) context.stdout("No results invalidated\n");
  else await printTable(context, [...counts.keys()], [{ title: "Invalidated", counts }]);
  if (failures > 0) context.say(`removed ${failures} failures of these tasks`);

  const { running } = await readProgress(backend, invalid);
  const busy = hashes.filter((hash) => running.has(hash)).length;
  if (busy > 0) {
    context.say(
      `${busy} of these tasks are running now, with values that they read before: invalidate again when they have ended`,
    );
  }
  const notice = barrierNotice(inspection);
  if (notice !== undefined) context.say(`${notice}: their results were not removed`);
}
