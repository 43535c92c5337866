/**
 * The table of tasks by name that `status`, `execute`, `invalidate` and `count` print.
 *
 * @module
 */

/** A column: how many tasks of each name. */
export interface Column {
  readonly title: string;
  readonly counts: ReadonlyMap<string, number>;
}

const NAME_WIDTH = 25;
const COLUMN_WIDTH = 12;

/** The table as whole lines, one row a name, and a total. A name that is too long widens the first column. */
export function summaryTable(names: readonly string[], columns: readonly Column[]): string {
  const nameWidth = Math.max(NAME_WIDTH, ...names.map((name) => name.length));
  const line = (name: string, cells: readonly (string | number)[]) =>
    name.padEnd(nameWidth) + cells.map((cell) => String(cell).padStart(COLUMN_WIDTH)).join("");
  const rule = (sign: string) => sign.repeat(nameWidth + COLUMN_WIDTH * columns.length);
  const lines = [
    line("Task name", columns.map((column) => column.title)),
    rule("-"),
    ...names.map((name) => line(name, columns.map((column) => column.counts.get(name) ?? 0))),
    rule("."),
    line("Total:", columns.map((column) => total(column.counts))),
  ];
  return lines.join("\n") + "\n";
}

/** The sum of all counts. */
export function total(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}

/** How many of `names` there are of each, in order of first appearance. */
export function countNames(names: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
