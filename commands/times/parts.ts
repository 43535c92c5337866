/**
 * Parts of the reports of `jug times` that several forms share.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import { durationAt, firstRunningRow, hashAt } from "../../engine/analysis/run_columns.ts";
import { plainText } from "../display/plain_text.ts";
import type { Runs } from "../../engine/analysis/measure.ts";

/** A task that is running. */
export interface RunningRow {
  readonly hash: Hash;
  readonly name: string | undefined;
  readonly args: string | undefined;
  /** When it was claimed, in milliseconds since 1970. */
  readonly start: number;
  /** How long it has taken so far, in milliseconds. */
  readonly duration: number;
  readonly worker: string;
}

/** Returns the tasks that are running, those that were claimed first at the front. */
export function runningRows({ columns, nameOf, argsOf }: Runs): readonly RunningRow[] {
  const rows: RunningRow[] = [];
  for (let row = firstRunningRow(columns); row < columns.count; row++) {
    rows.push({
      hash: hashAt(columns, row),
      name: nameOf(row),
      args: argsOf(row),
      start: columns.start[row] ?? 0,
      duration: durationAt(columns, row),
      worker: columns.workers[columns.worker[row] ?? 0] ?? "",
    });
  }
  return rows;
}

/** Formats a call as one line that is safe to print. */
export function callText(name: string | undefined, args: string | undefined): string {
  if (name === undefined) return "-";
  return plainText(args === undefined ? name : `${name}(${args})`);
}

/** Converts milliseconds to seconds, without digits beyond microseconds. */
export function inSeconds(ms: number): number {
  return Number((ms / 1000).toFixed(6));
}
