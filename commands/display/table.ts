/**
 * Prints tables of task counts by name, as `status`, `execute`, `count`, `invalidate`, `cleanup` and `retry` show them.
 *
 * @module
 */
import type { Streams } from "./streams.ts";
import { painter, type Style } from "./paint.ts";
import { usableWidth } from "./text_fit.ts";

/** A column: the number of tasks of each name. */
export interface Column {
  readonly title: string;
  readonly counts: ReadonlyMap<string, number>;
  /** The style of its numbers, if the output is coloured. Zeros are always dim. */
  readonly style?: Style;
}

/** The output that a table is printed to. */
export interface TableArea {
  /** The width of the terminal; `undefined` if there is none, and then nothing is cut. */
  readonly columns: number | undefined;
  readonly color: boolean;
}

const NAME_WIDTH = 25;
const COLUMN_WIDTH = 12;
/** The spaces between columns if there is no room for {@linkcode COLUMN_WIDTH}. The first that fits is used. */
const GAPS = [2, 1] as const;
/** If names would be cut to less than this, they get lines of their own. */
const MIN_NAME = 14;
const NAME_TITLE = "Task name";
const TOTAL_TITLE = "Total:";

/** Prints the table to stdout. */
export async function printTable(
  context: Pick<Streams, "stdout" | "liveStdout" | "color" | "terminalSize">,
  names: readonly string[],
  columns: readonly Column[],
): Promise<void> {
  const area = {
    columns: context.liveStdout ? context.terminalSize()?.columns : undefined,
    color: context.color.stdout,
  };
  context.stdout(await summaryTable(names, columns, area));
}

/**
 * Returns the table as whole lines: one row per name, and a total. A long name widens the first column as far as the
 * terminal allows; beyond that, it is cut in the middle. No row is wider than the terminal.
 */
export async function summaryTable(
  names: readonly string[],
  columns: readonly Column[],
  area: TableArea = { columns: undefined, color: false },
): Promise<string> {
  const widthOf = names.every((name) => ASCII.test(name)) ? lengthOf : (await import("npm:string-width@8")).default;
  const longest = names.reduce((most, name) => Math.max(most, widthOf(name)), TOTAL_TITLE.length);
  const layout = chooseLayout(longest, columns, area.columns === undefined ? Infinity : usableWidth(area.columns));
  const shown = longest > layout.nameWidth ? await shortened(names, layout.nameWidth) : names;
  const paint = painter(area.color);

  const line = (name: string, nameStyle: Style | undefined, cells: readonly Cell[]) => {
    const painted = nameStyle === undefined ? name : paint(nameStyle, name);
    const texts = cells.map(({ text, style }, index) => {
      const padded = text.padStart(layout.cellWidths[index] ?? 0);
      return style === undefined ? padded : paint(style, padded);
    });
    const between = layout.isStacked ? "\n" : " ".repeat(layout.nameWidth - widthOf(name));
    return painted + between + texts.join("");
  };
  const rule = (sign: string) => paint("dim", sign.repeat(layout.width));
  const lines = [
    line(NAME_TITLE, "bold", columns.map(({ title }) => ({ text: title, style: "bold" }))),
    rule("-"),
    ...names.map((name, index) =>
      line(shown[index] ?? name, undefined, columns.map((column) => countCell(column, column.counts.get(name) ?? 0)))
    ),
    rule("."),
    line(TOTAL_TITLE, "bold", columns.map((column) => countCell(column, total(column.counts)))),
  ];
  return lines.join("\n") + "\n";
}

/** The text of a row in a column. */
interface Cell {
  readonly text: string;
  readonly style: Style | undefined;
}

function countCell({ style }: Column, count: number): Cell {
  return { text: String(count), style: count === 0 ? "dim" : style };
}

const ASCII = /^[\x20-\x7e]*$/;

function lengthOf(text: string): number {
  return text.length;
}

async function shortened(names: readonly string[], width: number): Promise<string[]> {
  const { cut } = await import("./cut.ts");
  return names.map((name) => cut(name, width, "middle"));
}

interface Layout {
  readonly nameWidth: number;
  readonly cellWidths: readonly number[];
  /** The width of the whole table. */
  readonly width: number;
  /** Whether the numbers are on a line below the name. */
  readonly isStacked: boolean;
}

/**
 * Chooses the widths: wide columns if there is room, otherwise columns as narrow as their titles and numbers, otherwise
 * names on lines of their own.
 */
function chooseLayout(longest: number, columns: readonly Column[], width: number): Layout {
  const usual = Math.max(NAME_WIDTH, longest);
  const wide = columns.map(() => COLUMN_WIDTH);
  if (usual + sum(wide) <= width) return beside(usual, wide);

  const texts = columns.map(({ title, counts }) => Math.max(title.length, String(total(counts)).length));
  for (const gap of GAPS) {
    const narrow = texts.map((text) => text + gap);
    const room = width - sum(narrow);
    const nameWidth = Math.max(NAME_TITLE.length, Math.min(longest, room));
    if (nameWidth <= room && (room >= longest || room >= MIN_NAME)) return beside(nameWidth, narrow);
  }
  const gap = GAPS.find((gap) => sum(texts) + gap * texts.length <= width) ?? 1;
  const cellWidths = texts.map((text) => text + gap);
  return { nameWidth: width, cellWidths, width: Math.min(width, Math.max(longest, sum(cellWidths))), isStacked: true };
}

function beside(nameWidth: number, cellWidths: readonly number[]): Layout {
  return { nameWidth, cellWidths, width: nameWidth + sum(cellWidths), isStacked: false };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}

/** Returns the sum of all counts. */
export function total(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}

/** Counts how often each of `names` occurs, in order of first appearance. */
export function countNames(names: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
