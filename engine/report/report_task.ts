/**
 * Tasks as a report names them.
 *
 * @module
 */
import type { ReportTask } from "../../web/data/report_data.ts";
import type { Runs } from "../analysis/measure.ts";
import { hashAt } from "../analysis/run_columns.ts";

/** Returns the task of a row. */
export type TaskOfRow = (row: number) => ReportTask;

/** Returns a function that names the tasks of rows, without their arguments if these are to be left out. */
export function taskNamer({ columns, nameOf, argsOf }: Runs, showsArguments: boolean): TaskOfRow {
  return (row) => ({
    hash: hashAt(columns, row),
    name: nameOf(row) ?? null,
    args: showsArguments ? argsOf(row) ?? null : null,
  });
}
