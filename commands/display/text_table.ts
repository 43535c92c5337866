/**
 * Lays out tables of texts.
 *
 * @module
 */
import { sum } from "../../core/lists.ts";
import { painter } from "./paint.ts";
import type { Streams } from "./streams.ts";
import { usableWidth } from "./text_fit.ts";

/** A column of texts. */
export interface TextColumn {
  readonly title: string;
  /** Default: left. */
  readonly align?: "left" | "right";
  /** Whether its texts are cut in the middle if the table is wider than the terminal. */
  readonly isElastic?: boolean;
}

const GAP = "  ";
/** An elastic column keeps so many columns of the terminal. */
const LEAST = 8;
const ASCII = /^[\x20-\x7e]*$/;

/** Returns the table as whole lines. In a file or a pipe nothing is cut. */
export async function textTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  { liveStdout, color, terminalSize }: Pick<Streams, "liveStdout" | "color" | "terminalSize">,
): Promise<string> {
  const paint = painter(color.stdout);
  const isAscii = rows.every((row) => row.every((cell) => ASCII.test(cell)));
  const widthOf = isAscii ? (text: string) => text.length : (await import("npm:string-width@8")).default;
  const widths = columns.map(({ title }, i) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[i] ?? "")), title.length)
  );
  const wide = sum(widths) + GAP.length * (columns.length - 1);
  const size = liveStdout ? terminalSize() : undefined;
  const room = size === undefined ? wide : usableWidth(size.columns);
  if (wide > room) {
    let excess = wide - room;
    for (const [i, { isElastic = false }] of columns.entries()) {
      const width = widths[i] ?? 0;
      if (!isElastic || width <= LEAST) continue;
      widths[i] = Math.max(LEAST, width - excess);
      excess -= width - (widths[i] ?? 0);
    }
  }
  const cut: Cut = wide > room ? (await import("./cut.ts")).cut : (text) => text;
  const padded = (text: string, i: number) => {
    const width = widths[i] ?? 0;
    const shown = widthOf(text) > width ? cut(text, width, "middle") : text;
    const space = " ".repeat(Math.max(0, width - widthOf(shown)));
    return columns[i]?.align === "right" ? space + shown : shown + space;
  };
  const line = (cells: readonly string[]) => cut(cells.map(padded).join(GAP).trimEnd(), room);
  return [
    paint("bold", line(columns.map(({ title }) => title))),
    paint("dim", "-".repeat(Math.min(room, sum(widths) + GAP.length * (columns.length - 1)))),
    ...rows.map(line),
  ].map((text) => `${text}\n`).join("");
}

type Cut = typeof import("./cut.ts").cut;
