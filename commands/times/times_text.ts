/**
 * Prints times as tables.
 *
 * @module
 */
import { idleShare, type UseSlice, type WorkerUse } from "../../engine/analysis/utilisation.ts";
import { hashAt } from "../../engine/analysis/run_columns.ts";
import type { FunctionTimes } from "../../engine/analysis/function_times.ts";
import { measuredText } from "../../engine/progress/throughput.ts";
import type { CommandContext } from "../cli/command.ts";
import { isoTime, plainText } from "../display/plain_text.ts";
import { type TextColumn, textTable } from "../display/text_table.ts";
import type { Measured, MeasuredPath, Runs } from "../../engine/analysis/measure.ts";
import { callText, runningRows } from "./parts.ts";

const NONE = "-";
/** So many workers, running tasks, and steps of the critical path are shown. */
const SHOWN = 20;
const BAR = 20;

type Table = readonly [columns: readonly TextColumn[], rows: readonly (readonly string[])[]];

/** Prints all tables that have rows. */
export async function printTimes(context: CommandContext, runs: Runs, measured: Measured): Promise<void> {
  const { functions, path, workers, slices, undeclared } = measured;
  if (runs.columns.count === 0) {
    context.stdout("No task has been run yet\n");
    return;
  }
  const parts: string[] = [];
  const add = async (title: string, [columns, rows]: Table) => {
    if (rows.length > 0) parts.push(title + await textTable(columns, rows, context));
  };
  await add("", functionTable(runs, functions));
  if (path !== undefined) await add(pathTitle(path), pathTable(path));
  await add(workersTitle(workers), workerTable(workers));
  await add("Idle over time, in equal parts of the time in which workers were there\n", sliceTable(slices));
  await add("Running now\n", runningTable(runs));
  context.stdout(parts.join("\n"));
  if (undeclared !== undefined && undeclared > 0) {
    const which = undeclared === 1 ? "1 result belongs to a task" : `${undeclared} results belong to tasks`;
    context.say(`${which} that ${context.jugfile} does not declare`);
  }
}

const left = (title: string): TextColumn => ({ title });
const right = (title: string): TextColumn => ({ title, align: "right" });
const elastic = (title: string): TextColumn => ({ title, isElastic: true });

function functionTable(runs: Runs, functions: readonly FunctionTimes[]): Table {
  const hasFailed = functions.some(({ failed }) => failed > 0);
  const columns = [
    elastic("Function"),
    right("Runs"),
    ...hasFailed ? [right("Failed")] : [],
    ...["Total", "Mean", "Median", "95 %", "Longest"].map(right),
    elastic("Longest run"),
  ];
  const rows = functions.map(({ name, count, failed, total, spread }) => {
    const times = spread === undefined
      ? [NONE, NONE, NONE, NONE, NONE]
      : [total, spread.mean, spread.median, spread.p95, spread.longest].map(measuredText);
    const args = spread && runs.argsOf(spread.longestRow);
    const hash = spread === undefined ? NONE : hashAt(runs.columns, spread.longestRow).slice(0, 8);
    const longest = args === undefined ? hash : `${hash} (${plainText(args)})`;
    return [plainText(name), String(count), ...hasFailed ? [String(failed)] : [], ...times, longest];
  });
  return [columns, rows];
}

function pathTitle({ total, count }: MeasuredPath): string {
  return `Critical path: ${measuredText(total)} in ${count} ${count === 1 ? "task" : "tasks"}, one after another\n`;
}

function pathTable({ steps }: MeasuredPath): Table {
  const half = Math.ceil(SHOWN / 2);
  const isLong = steps.length > SHOWN;
  const row = ({ name, count, total, hash, args }: MeasuredPath["steps"][number]) => [
    measuredText(total),
    String(count),
    hash.slice(0, 8),
    count === 1 ? callText(name, args) : `${plainText(name)}, ${count} times`,
  ];
  const gap = [NONE, NONE, NONE, `${steps.length - 2 * half} more steps (--json lists more)`];
  const rows = isLong ? [...steps.slice(0, half).map(row), gap, ...steps.slice(-half).map(row)] : steps.map(row);
  return [[right("Time"), right("Tasks"), left("First"), elastic("Call")], rows];
}

function workersTitle(workers: readonly WorkerUse[]): string {
  const busy = workers.reduce((sum, { busy }) => sum + busy, 0);
  const present = workers.reduce((sum, { present }) => sum + present, 0);
  const share = percent(idleShare({ busy, present }));
  const shown = workers.length > SHOWN ? `; those ${SHOWN} that were there longest` : "";
  return `Workers: ${workers.length}, idle ${share} of the time in which they were there${shown}\n`;
}

function workerTable(workers: readonly WorkerUse[]): Table {
  const columns = [elastic("Worker"), right("Runs"), right("Busy"), right("There"), right("Idle")];
  const rows = workers.slice(0, SHOWN).map(({ presence, runs, busy, present }) => [
    plainText(presence.name),
    String(runs),
    measuredText(busy),
    measuredText(present),
    percent(idleShare({ busy, present })),
  ]);
  return [columns, rows];
}

function sliceTable(slices: readonly UseSlice[]): Table {
  const rows = slices.map((slice) => {
    const share = idleShare(slice);
    const mean = slice.attended > 0 ? slice.present / slice.attended : 0;
    const bar = "#".repeat(Math.round((share ?? 0) * BAR));
    return [isoTime(slice.from) ?? NONE, String(Number(mean.toPrecision(3))), percent(share), bar];
  });
  return [[left("From"), right("Workers"), right("Idle"), left("")], rows];
}

function runningTable(runs: Runs): Table {
  const rows = runningRows(runs);
  const shown = rows.slice(0, SHOWN).map(({ hash, name, args, start, duration, worker }) => [
    hash.slice(0, 8),
    isoTime(start) ?? NONE,
    measuredText(duration),
    plainText(worker),
    callText(name, args),
  ]);
  if (rows.length > SHOWN) shown.push([NONE, NONE, NONE, NONE, `${rows.length - SHOWN} more (--json lists all)`]);
  return [[left("Task"), left("Since"), right("So far"), elastic("Worker"), elastic("Call")], shown];
}

function percent(share: number | undefined): string {
  return share === undefined ? NONE : `${Math.round(share * 100)} %`;
}
