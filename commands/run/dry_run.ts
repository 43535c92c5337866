/**
 * `jug execute --dry-run`: prints what would be run now. It runs nothing and changes nothing.
 *
 * @module
 */
import { statIfThere } from "../../backends/file_stat.ts";
import { formatCall } from "../../core/format.ts";
import { type PlannedName, planRun, type RunPlan } from "../../engine/analysis/run_plan.ts";
import { resourcePool } from "../../engine/limits/resource_pool.ts";
import { requireJugfile } from "../../engine/load/load.ts";
import type { CommandContext } from "../cli/command.ts";
import { barrierNotice, type Inspection, requireTasks } from "../cli/inspection.ts";
import type { Outcome } from "../cli/outcome.ts";
import { type Column, printTable } from "../display/table.ts";
import type { ExecuteOptions } from "./execute_options.ts";
import { readStopRules } from "./stop_rules.ts";
import { unfinishedText } from "./unfinished_text.ts";

/** Prints what `execute` with these options would run. */
export async function dryRun(context: CommandContext, options: ExecuteOptions): Promise<Outcome> {
  const { maxTasks, stopFiles } = readStopRules(context, options.checkEnvironment, performance.timeOrigin);
  requireJugfile(context.jugfile);
  if (options.check) await (await import("./type_check.ts")).requireTypes(context);
  const inspection = await context.inspect({ changesNothing: true });
  try {
    await requireTasks(context, inspection);
    const { target } = options;
    const plan = await planRun(inspection.backend, inspection.session, {
      isWanted: (name) => target === undefined || target.matches(name),
      pool: resourcePool(options.resources, context.now().getTime()),
    });
    if (plan.wanted === 0 && target !== undefined) await sayNoMatch(context, inspection, target.text);
    else await printPlan(context, plan, target?.text);
    sayWhatFollows(context, inspection);
    const sum = plan.names.reduce((sum, { ready, waiting }) => sum + ready + waiting, 0);
    if (maxTasks !== undefined && sum > maxTasks) context.say(`JUG_MAX_TASKS ends the run after ${maxTasks} of them`);
    const file = stopFiles.find((path) => statIfThere(path) !== undefined);
    if (file !== undefined) context.say(`the run would end before it begins: the file ${file} exists`);
    return { kind: "done" };
  } finally {
    await inspection.close();
  }
}

async function printPlan(context: CommandContext, plan: RunPlan, target: string | undefined): Promise<void> {
  const { names, wanted, finished, failedBefore, reasons } = plan;
  if (names.length === 0) {
    const which = target === undefined ? "" : ` that match ${target}`;
    context.stdout(`Nothing to run: all ${wanted} tasks${which} are finished\n`);
    return;
  }
  await printTable(context, names.map(({ name }) => name), columnsOf(names));
  if (finished > 0) context.say(`${finished} of ${wanted} tasks are finished`);
  if (failedBefore > 0) context.say(`${failedBefore} of those that would run failed before, and are tried again`);
  for (const reason of reasons) context.say(unfinishedText(reason, true));
}

function columnsOf(names: readonly PlannedName[]): Column[] {
  const column = (title: string, style: Column["style"], of: (name: PlannedName) => number): Column => ({
    title,
    counts: new Map(names.map((planned) => [planned.name, of(planned)])),
    ...style === undefined ? {} : { style },
  });
  return [
    column("Ready", "yellow", ({ ready }) => ready),
    column("Waiting", undefined, ({ waiting }) => waiting),
    ...[
      column("Held", "cyan", ({ held }) => held),
      column("Kept failed", "red", ({ kept }) => kept),
      column("Left out", undefined, ({ leftOut }) => leftOut),
    ].filter(({ counts }) => counts.values().some((count) => count > 0)),
  ];
}

/** Refuses a target that matches nothing, as a run would; but tasks behind a barrier may match. */
async function sayNoMatch(context: CommandContext, { session, barrier }: Inspection, target: string): Promise<void> {
  if (barrier === undefined) {
    const { noMatchError } = await import("../../core/remedy/no_match.ts");
    throw noMatchError({ text: target }, [...session.tasks.values()].map(({ name }) => name));
  }
  context.say(`no task above the barrier matches ${target}`);
}

function sayWhatFollows(context: CommandContext, inspection: Inspection): void {
  const { awaited } = inspection;
  const notice = awaited === undefined
    ? barrierNotice(inspection)
    : `more tasks may follow: the jugfile is not loaded further before ${formatCall(awaited)} was run`;
  if (notice !== undefined) context.say(notice);
}
