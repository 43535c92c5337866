/**
 * Lays out the progress of a run for a terminal: one line for each task function, and a line with the totals.
 *
 * @module
 */
import { styleText } from "node:util";
import stringWidth from "npm:string-width@8";
import type { NameProgress, RunProgress } from "../../engine/progress/progress.ts";
import { cut } from "./cut.ts";
import { noteText, speedText } from "../../engine/progress/progress_text.ts";

/** The terminal to draw on. */
export interface Area {
  readonly columns: number;
  readonly rows: number;
  /** Whether escape sequences may set colours. */
  readonly color: boolean;
}

/** More lines than this would be no overview. */
const MAX_LINES = 12;
/** The width of a bar, in columns: a narrower bar shows nothing, a wider one shows no more. */
const MIN_BAR = 8;
const MAX_BAR = 30;
/** The width from which there is room for bars and for the progress that tasks report. */
const WIDE = 60;
const MIN_NAME = 8;
/** The columns reserved for the text after the counts. A bar gets only what is left. */
const REST = 26;

/** The parts of a line. */
interface Row {
  readonly name: string;
  readonly finished: number;
  readonly total: number;
  readonly counts: string;
  /** The text after the counts. It begins with `failed`. */
  readonly rest: string;
  readonly failed: string;
}

/** Returns the lines to draw. They fit the width and the height of the terminal. */
export function layOut(progress: RunProgress, { columns, rows, color }: Area): string[] {
  // Many terminals wrap to the next line when the last column is written.
  const width = Math.max(10, columns - 1);
  if (!progress.isKnown || progress.total === 0) return [cut("loading the jugfile", width)];
  const lines = Math.max(1, Math.min(MAX_LINES, rows - 2));
  const names = choose(progress.names, lines - 1);
  const isWide = width >= WIDE;
  const shown = [...names.map((name) => nameRow(name, progress, isWide)), totalRow(progress, isWide)];
  const most = (measure: (row: Row) => number) => Math.max(...shown.map(measure));
  const countWidth = most((row) => row.counts.length);
  const longest = most((row) => stringWidth(row.name));
  const left = width - countWidth - 2;
  // A name remains recognizable when it is cut, a number does not.
  const nameLimit = isWide ? Math.floor(width * 0.4) : left - 2 - most((row) => stringWidth(row.rest));
  const nameWidth = Math.max(5, Math.min(longest, left, Math.max(MIN_NAME, nameLimit)));
  const room = left - nameWidth - REST - 6;
  const bar = !isWide || room < MIN_BAR ? 0 : Math.min(room, MAX_BAR);
  const text = shown.map((row) => line(row, { width, nameWidth, countWidth, bar, color }));
  const hidden = progress.names.length - names.length;
  if (hidden > 0 && lines > 2) text.splice(-1, 0, cut(`and ${hidden} more task functions`, width));
  return text;
}

/** Chooses the names to show if not all fit: running tasks first, then failed or held ones, then unfinished ones. */
function choose(names: readonly NameProgress[], room: number): readonly NameProgress[] {
  if (names.length <= room) return names;
  const kept = names.toSorted((a, b) => urgency(b) - urgency(a)).slice(0, Math.max(0, room - 1));
  return names.filter((name) => kept.includes(name));
}

function urgency({ running, elsewhere, failed, finished, total }: NameProgress): number {
  if (running > 0) return 4;
  if (failed > 0 || elsewhere > 0) return 3;
  return finished === total ? 0 : finished > 0 ? 2 : 1;
}

function nameRow(progress: NameProgress, { calls }: RunProgress, isWide: boolean): Row {
  const { name, finished, total, running, elsewhere } = progress;
  const failed = failedText(progress);
  const parts = [failed];
  if (running > 0) parts.push(`${running} running`);
  if (elsewhere > 0) parts.push(`${elsewhere} elsewhere`);
  const noted = calls.find((running) => running.call.startsWith(`${name}(`) && running.fraction !== undefined);
  if (noted !== undefined && isWide) parts.push(noteText(noted));
  return { name, finished, total, failed, counts: `${finished}/${total}`, rest: join(parts) };
}

function totalRow(progress: RunProgress, isWide: boolean): Row {
  const { finished, total, loading } = progress;
  const failed = isWide ? failedText(progress) : "";
  const rest = join([failed, speedText(progress), loading && isWide ? "and more" : ""]);
  return { name: "total", finished, total, failed, counts: `${finished}/${total}${loading ? "+" : ""}`, rest };
}

function failedText({ failed }: Pick<NameProgress, "failed">): string {
  return failed === 0 ? "" : `${failed} failed`;
}

function join(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(", ");
}

interface Layout {
  readonly width: number;
  readonly nameWidth: number;
  readonly countWidth: number;
  readonly bar: number;
  readonly color: boolean;
}

function line(row: Row, { width, nameWidth, countWidth, bar, color }: Layout): string {
  const paint = (format: "green" | "red" | "bold", text: string) =>
    color ? styleText(format, text, { validateStream: false }) : text;
  const name = cut(row.name, nameWidth, "middle");
  const isTotal = row.name === "total";
  const parts = [
    paint(isTotal ? "bold" : "green", name) + " ".repeat(nameWidth - stringWidth(name)),
    ...(bar === 0 ? [] : [barText(row, bar)]),
    row.counts.padStart(countWidth),
  ];
  const rest = row.rest.slice(row.failed.length);
  return cut([...parts, row.failed === "" ? rest : paint("red", row.failed) + rest].join("  ").trimEnd(), width);
}

/** Draws a bar with ASCII characters, which every terminal can show. */
function barText({ finished, total }: Row, width: number): string {
  const done = total === 0 ? 0 : Math.floor(finished / total * width);
  return `[${"#".repeat(done)}${"-".repeat(width - done)}]`;
}
