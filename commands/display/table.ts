/**
 * Prints tables of task counts by name, as `status`, `execute`, `count`, `invalidate`, `cleanup` and `retry` show them.
 *
 * @module
 */
import { sum } from "../../core/lists.ts";
import type { Streams } from "./streams.ts";
import { painter, type Style } from "./paint.ts";
import { usableWidth } from "./text_fit.ts";

/** A column: the number of tasks of each name, or another number. */
export interface Column {
  readonly title: string;
  readonly counts: ReadonlyMap<string, number>;
  /** The style of its numbers, if the output is coloured. Zeros are always dim. */
  readonly style?: Style;
  /** Set if the numbers are not counts. A name that has no such number gets a dash. */
  readonly measure?: Measure;
}

/** Numbers that are not counts. */
export interface Measure {
  /** Formats a number. */
  readonly text: (value: number) => string;
  /** The number in the last row. */
  readonly total: number;
}

/** The output that a table is printed to. */
export interface TableArea {
  /** The width of the terminal; `undefined` if there is none, and then nothing is cut. */
  readonly columns: number | undefined;
  readonly color: boolean;
}

const NAME_WIDTH = 25;
const COLUMN_WIDTH = 12;
/** With two columns of counts and three of these, a row fits into 80 columns… */
const MEASURE_WIDTH = 10;
/** …and so it does with three of each, if all are so wide. */
const MANY_WIDTH = 9;
const MANY = 6;
/** The spaces between columns if there is no room for these widths. The first that fits is used. */
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
 * terminal allows; beyond that, it is cut in the middle. No row is wider than the terminal: the last measures are left
 * out if there is no room for them.
 */
export async function summaryTable(
  names: readonly string[],
  all: readonly Column[],
  area: TableArea = { columns: undefined, color: false },
): Promise<string> {
  const widthOf = names.every((name) => ASCII.test(name)) ? lengthOf : (await import("npm:string-width@8")).default;
  const longest = names.reduce((most, name) => Math.max(most, widthOf(name)), TOTAL_TITLE.length);
  const width = area.columns === undefined ? Infinity : usableWidth(area.columns);
  const columns = fitting(all, width);
  const layout = chooseLayout(longest, columns, width);
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
      line(shown[index] ?? name, undefined, columns.map((column) => cell(column, column.counts.get(name))))
    ),
    rule("."),
    line(TOTAL_TITLE, "bold", columns.map((column) => cell(column, totalOf(column)))),
  ];
  return lines.join("\n") + "\n";
}

/** The text of a row in a column. */
interface Cell {
  readonly text: string;
  readonly style: Style | undefined;
}

function cell({ style, measure }: Column, value: number | undefined): Cell {
  if (measure === undefined) return { text: String(value ?? 0), style: value ? style : "dim" };
  return value === undefined ? { text: "-", style: "dim" } : { text: measure.text(value), style };
}

function totalOf({ counts, measure }: Column): number {
  return measure === undefined ? total(counts) : measure.total;
}

/** The length of the longest text in a column. Of counts, the total is the longest. */
function longestText(column: Column): number {
  const { title, counts, measure } = column;
  const texts = [title, cell(column, totalOf(column)).text];
  if (measure !== undefined) { for (const value of counts.values()) texts.push(measure.text(value)); }
  return texts.reduce((most, text) => Math.max(most, text.length), 0);
}

const ASCII = /^[\x20-\x7e]*$/;

function lengthOf(text: string): number {
  return text.length;
}

async function shortened(names: readonly string[], width: number): Promise<string[]> {
  const { cut } = await import("./cut.ts");
  return names.map((name) => cut(name, width, "middle"));
}

/** Leaves out the last measures until the others fit side by side. */
function fitting(columns: readonly Column[], width: number): readonly Column[] {
  const isTooWide = sum(columns.map((column) => longestText(column) + 1)) > width;
  return isTooWide && columns.at(-1)?.measure !== undefined ? fitting(columns.slice(0, -1), width) : columns;
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
  const wide = columns.map((column) => {
    const width = column.measure === undefined ? COLUMN_WIDTH : MEASURE_WIDTH;
    return Math.max(columns.length < MANY ? width : MANY_WIDTH, longestText(column) + 1);
  });
  if (usual + sum(wide) <= width) return beside(usual, wide);

  const texts = columns.map(longestText);
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
