/**
 * `jug status`: prints how many tasks of each name are waiting, ready, finished, running or failed.
 *
 * @module
 */
import type { Command, CommandContext } from "../cli/command.ts";
import { barrierNotice, type Inspection, requireTasks } from "../cli/inspection.ts";
import { flagOption } from "../cli/option_values.ts";
import { type Column, countNames, printTable, total } from "../display/table.ts";
import { countStates, readProgress, type StateCounts, type TaskState } from "../../engine/inspect/task_state.ts";
import { withInspection } from "../cli/with_inspection.ts";

type Shape = "table" | "short" | "json";

/** The subcommand. */
export const status: Command = {
  name: "status",
  summary: "Show how many tasks are waiting, ready, finished, running or failed",
  options: [
    { flags: "--short", description: "one line instead of a table", conflicts: ["json"] },
    { flags: "--json", description: "JSON for programs", conflicts: ["short"] },
  ],
  prepare(values) {
    const shape = flagOption(values, "json") ? "json" : flagOption(values, "short") ? "short" : "table";
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
      return context.stdout(`${shortLine(states)}\n`);
    case "json":
      return context.stdout(`${JSON.stringify(jsonStatus(names, states, inspection), undefined, 2)}\n`);
  }
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

function shortLine(states: StateCounts): string {
  const part = (state: TaskState) => `${total(states[state])} ${state}`;
  const failed = total(states.failed) > 0 ? `, ${part("failed")}` : "";
  return `${part("finished")}, ${part("running")}, ${part("ready")}, ${part("waiting")}${failed}`;
}

function jsonStatus(names: readonly string[], states: StateCounts, inspection: Inspection) {
  const row = (count: (state: TaskState) => number) => ({
    waiting: count("waiting"),
    ready: count("ready"),
    finished: count("finished"),
    running: count("running"),
    failed: count("failed"),
  });
  return {
    jugdir: inspection.backend.address,
    tasks: names.map((name) => ({ name, ...row((state) => states[state].get(name) ?? 0) })),
    total: row((state) => total(states[state])),
    /** `null` if every task of the jugfile is known. */
    barrier: inspection.barrier ?? null,
  };
}
