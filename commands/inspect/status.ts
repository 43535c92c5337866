/**
 * `jug status`: prints how many tasks of each name are waiting, ready, finished, running or failed.
 *
 * @module
 */
import type { Command, CommandContext } from "../cli/command.ts";
import { barrierNotice, type Inspection, requireTasks } from "../cli/inspection.ts";
import { flagOption } from "../cli/option_values.ts";
import { type Column, countNames, printTable, total } from "../display/table.ts";
import { countStates, readProgress, type StateCounts, type StateTotals } from "../../engine/inspect/task_state.ts";
import { jsonStatus, type Shape, shortLine } from "./status_text.ts";
import { withInspection } from "../cli/with_inspection.ts";

/** The subcommand. */
export const status: Command = {
  name: "status",
  summary: "Show how many tasks are waiting, ready, finished, running or failed",
  options: [
    { flags: "--short", description: "one line instead of a table", conflicts: ["json"] },
    { flags: "--json", description: "JSON for programs", conflicts: ["short"] },
    {
      flags: "--watch",
      description: "stay and redraw until every task is finished; in a file or pipe, or with --json, a line per change",
    },
  ],
  prepare(values) {
    const shape = flagOption(values, "json") ? "json" : flagOption(values, "short") ? "short" : "table";
    if (flagOption(values, "watch")) {
      return async (context) => (await import("./watch.ts")).watchStatus(context, shape);
    }
    return (context) => withInspection(context, (inspection) => showStatus(context, inspection, shape));
  },
};

async function showStatus(context: CommandContext, inspection: Inspection, shape: Shape) {
  const { tasks } = inspection;
  await requireTasks(context, inspection);
  const progress = await readProgress(inspection.backend, tasks);
  const states = countStates(tasks, progress);
  const names = [...countNames(tasks.map((task) => task.name)).keys()];
  await print(context, shape, names, states, inspection);
  const notice = barrierNotice(inspection);
  if (notice !== undefined) context.say(notice);
  for (const sentence of await inspection.changedCode?.(progress.finished) ?? []) context.say(sentence);
  return { kind: "done" } as const;
}

async function print(
  context: CommandContext,
  shape: Shape,
  names: readonly string[],
  states: StateCounts,
  inspection: Inspection,
): Promise<void> {
  switch (shape) {
    case "table":
      return await printTable(context, names, columns(states));
    case "short":
      return context.stdout(`${shortLine(counts(states, total))}\n`);
    case "json": {
      const tasks = names.map((name) => ({ name, ...counts(states, (count) => count.get(name) ?? 0) }));
      return context.stdout(`${JSON.stringify(jsonStatus(tasks, counts(states, total), inspection), undefined, 2)}\n`);
    }
  }
}

function counts(states: StateCounts, of: (counts: ReadonlyMap<string, number>) => number): StateTotals {
  return {
    waiting: of(states.waiting),
    ready: of(states.ready),
    running: of(states.running),
    finished: of(states.finished),
    failed: of(states.failed),
  };
}

function columns(states: StateCounts): readonly Column[] {
  const shown: Column[] = [
    { title: "Waiting", counts: states.waiting },
    { title: "Ready", counts: states.ready, style: "yellow" },
    { title: "Finished", counts: states.finished, style: "green" },
    { title: "Running", counts: states.running, style: "cyan" },
  ];
  return total(states.failed) > 0 ? [{ title: "Failed", counts: states.failed, style: "red" }, ...shown] : shown;
}
