/**
 * Writes outcomes as a table in Markdown.
 *
 * @module
 */
import type { Reading, RowOutcome } from "./measure.ts";
import { count, type Row } from "./row.ts";
import type { Spread } from "./statistics.ts";

const HEADINGS = ["Row", "Target", "Measured (least–most)", "Yardstick", "Ratio (least–most)"];

/** Writes a number in three digits, or more if it is large. */
function figure(value: number): string {
  if (Math.abs(value) >= 100) return count(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

function ends({ least, most }: Spread): string {
  return `(${figure(least)}–${figure(most)})`;
}

function target({ target, unit }: Row): string {
  const { kind, value } = target;
  switch (kind) {
    case "most":
      return `at most ${figure(value)} ${unit}`;
    case "faster":
      return `${figure(value)} times as fast`;
    case "share":
      return `at most ${figure(value)} times`;
    case "gain":
      return `at least ${figure(value)} times`;
    case "beyond":
      return `at most ${figure(value)} ${unit} more`;
  }
}

function ratio({ row, ratio }: RowOutcome): string {
  if (ratio === undefined) return "";
  switch (row.target.kind) {
    case "faster":
      return `${figure(ratio.median)} times as fast ${ends(ratio)}`;
    case "beyond":
      return `${figure(ratio.median)} ${row.unit} more ${ends(ratio)}`;
    case "most":
    case "share":
    case "gain":
      return `${figure(ratio.median)} times ${ends(ratio)}`;
  }
}

function yardstick({ row, yardstick }: RowOutcome): string {
  if (row.yardstick === undefined) return "";
  const reading = readingText(yardstick, ({ median }) => figure(median));
  return reading === "" ? row.yardstick.name : `${row.yardstick.name}: ${reading}`;
}

function measured({ row, measured }: RowOutcome): string {
  return readingText(measured, (spread) => `${figure(spread.median)} ${row.unit} ${ends(spread)}`);
}

function readingText(reading: Reading | undefined, write: (spread: Spread) => string): string {
  if (reading === undefined) return "";
  const { spread, missing, failure } = reading;
  const parts = [
    spread === undefined ? undefined : write(spread),
    missing,
    failure === undefined ? undefined : "failed",
  ];
  return parts.filter((part) => part !== undefined).join("; ");
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** Returns the table. Cells have no padding; `deno fmt` adds it. */
export function markdownTable(outcomes: readonly RowOutcome[]): string {
  const rows = outcomes.map((outcome) => [
    outcome.row.name,
    target(outcome.row),
    measured(outcome),
    yardstick(outcome),
    ratio(outcome),
  ]);
  return [line(HEADINGS), line(HEADINGS.map(() => "---")), ...rows.map(line)].join("\n");
}
