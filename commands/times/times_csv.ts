/**
 * Formats the times of functions as CSV.
 *
 * @module
 */
import { stringify } from "npm:csv-stringify@6/sync";
import { hashAt } from "../../engine/analysis/run_columns.ts";
import { plainText } from "../display/plain_text.ts";
import type { Measured, Runs } from "../../engine/analysis/measure.ts";
import { callText, inSeconds } from "./parts.ts";

const HEADER = [
  ...["function", "runs", "failed", "total_s", "mean_s", "median_s", "p95_s", "longest_s"],
  ...["longest_hash", "longest_call"],
];

/** Returns a header and a row for each function. Times are in seconds. */
export function timesCsv(runs: Runs, { functions }: Measured): string {
  const rows = functions.map(({ name, count, failed, total, spread }) => [
    ...[plainText(name), count, failed],
    ...[total, spread?.mean, spread?.median, spread?.p95, spread?.longest].map(seconds),
    spread === undefined ? "" : hashAt(runs.columns, spread.longestRow),
    spread === undefined ? "" : callText(name, runs.argsOf(spread.longestRow)),
  ]);
  // A name that looks like a formula must not become one in a spreadsheet.
  return stringify([HEADER, ...rows], { escape_formulas: true });
}

function seconds(ms: number | undefined): number | string {
  return ms === undefined ? "" : inSeconds(ms);
}
