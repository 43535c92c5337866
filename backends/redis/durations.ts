/**
 * Sums of the durations of all runs whose results were stored: a Redis hash. They stay when results are removed.
 *
 * Its fields are `runs CLASS NAME`, the number of runs of a function whose durations are in a class; `total NAME`, the
 * sum of all its durations; and `longest NAME`, the longest one.
 *
 * @module
 */
import type { Completion, DurationSummary } from "../backend.ts";
import { durationClass, DurationSums, isDurationClass } from "../duration_classes.ts";
import { numberIn } from "../stored/fields.ts";
import { durationOf } from "../stored/run_info.ts";
import type { Place } from "./place.ts";
import { listOf, textOf } from "./replies.ts";

const FIELD = /^(?:runs (\d{1,3})|total|longest) (.*)$/s;

/** The durations of completions in the form that the script takes. */
export interface SentDurations {
  /** For each function and class: the field for the number of runs, and the name. */
  readonly groups: readonly string[];
  /** For each completion, the number of its group, from 1, and its duration; both empty if nothing is known of it. */
  readonly items: readonly (readonly [group: string, duration: string])[];
}

/** Groups completions, so that the script changes each field once. */
export function groupDurations(items: readonly Completion[]): SentDurations {
  const groups: string[] = [];
  const numbers = new Map<string, string>();
  const sent = items.map(({ info }): [string, string] => {
    if (info === undefined) return ["", ""];
    const duration = durationOf(info);
    const field = `runs ${durationClass(duration)} ${info.name}`;
    let number = numbers.get(field);
    if (number === undefined) {
      groups.push(field, info.name);
      number = String(groups.length / 2);
      numbers.set(field, number);
    }
    return [number, String(duration)];
  });
  return { groups, items: sent };
}

/** Returns the fields and values for sums. */
export function durationFields(summaries: readonly DurationSummary[]): string[] {
  return summaries.flatMap(({ name, total, longest, classes }) => [
    ...[...classes].flatMap(([found, runs]) => [`runs ${found} ${name}`, String(runs)]),
    ...[`total ${name}`, String(total), `longest ${name}`, String(longest)],
  ]);
}

/** Returns the sums for each function. Fields that jug did not write are skipped. */
export async function listDurations({ connection, keys }: Place): Promise<DurationSummary[]> {
  const found = listOf(await connection.send(["HGETALL", keys.durations])).map(textOf);
  const sums = new DurationSums();
  for (let index = 0; index < found.length; index += 2) {
    const field = found[index] ?? "";
    const [, text, name] = FIELD.exec(field) ?? [];
    const value = numberIn(Number(found[index + 1]));
    if (name === undefined || value === undefined || value < 0) continue;
    const sum = { name, count: 0, total: 0, longest: 0, classes: new Map<number, number>() };
    if (field.startsWith("total")) sums.include({ ...sum, total: value });
    else if (field.startsWith("longest")) sums.include({ ...sum, longest: value });
    else if (isDurationClass(Number(text)) && Number.isSafeInteger(value)) {
      sums.include({ ...sum, count: value, classes: new Map([[Number(text), value]]) });
    }
  }
  return sums.summaries().filter(({ count }) => count > 0);
}
