/**
 * Sums of the durations of all runs whose results were stored: one row for each function and class of durations. They
 * stay when results are removed.
 *
 * @module
 */
import type { DurationSummary, RunInfo } from "../backend.ts";
import { durationClass, DurationSums, isDurationClass } from "../duration_classes.ts";
import { numberIn } from "../stored/fields.ts";
import { durationOf } from "../stored/run_info.ts";
import { type Connection, textOf } from "./connection.ts";

interface Group {
  readonly name: string;
  readonly class: number;
  count: number;
  total: number;
  longest: number;
}

/** Groups runs of one transaction, so that each row is changed once. */
function grouped(runs: Iterable<RunInfo>): Iterable<Group> {
  const groups = new Map<string, Group>();
  for (const info of runs) {
    const duration = durationOf(info);
    const found = durationClass(duration);
    const key = `${found} ${info.name}`;
    let group = groups.get(key);
    if (group === undefined) {
      group = { name: info.name, class: found, count: 0, total: 0, longest: 0 };
      groups.set(key, group);
    }
    group.count++;
    group.total += duration;
    group.longest = Math.max(group.longest, duration);
  }
  return groups.values();
}

/** Adds runs whose results were stored, in the caller's transaction. */
export function addDurations(db: Connection, runs: Iterable<RunInfo>): void {
  for (const { name, class: found, count, total, longest } of grouped(runs)) {
    db.run(
      `INSERT INTO durations (name, class, count, total, longest) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
         count = count + excluded.count, total = total + excluded.total, longest = max(longest, excluded.longest)`,
      name,
      found,
      count,
      total,
      longest,
    );
  }
}

/** Returns the sums for each function. Rows that jug did not write are skipped. */
export function listDurations(db: Connection): DurationSummary[] {
  const sums = new DurationSums();
  const rows = db.rows(
    `SELECT CAST(name AS TEXT) AS name, CAST(class AS REAL) AS class, CAST(count AS REAL) AS count,
       CAST(total AS REAL) AS total, CAST(longest AS REAL) AS longest
     FROM durations WHERE typeof(name) = 'text' ORDER BY name, class`,
  );
  for (const row of rows) {
    const [found, count, total, longest] = ["class", "count", "total", "longest"].map((name) => numberIn(row[name]));
    if (found === undefined || count === undefined || total === undefined || longest === undefined) continue;
    if (!isDurationClass(found)) continue;
    sums.include({ name: textOf(row["name"]), count, total, longest, classes: new Map([[found, count]]) });
  }
  return sums.summaries();
}
