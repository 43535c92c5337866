/**
 * Text that is laid out for the width of a terminal. Elsewhere, in a file or a pipe, nothing is broken or cut.
 *
 * @module
 */

import type { Streams } from "./streams.ts";

/** Fits text into lines. */
export interface TextFit {
  /** Breaks a line between words; what goes on is indented by `hang` more than the line itself. */
  wrap(line: string, hang: number): string;
  /** Cuts out of the middle what does not fit. */
  shorten(line: string): string;
  /** A row of a list: parts behind `lead`, broken between parts, else between words; longer words are shortened. */
  row(lead: string, parts: readonly string[], separator?: string): string;
}

const AS_IT_IS: TextFit = {
  wrap: (line) => line,
  shorten: (line) => line,
  row: (lead, parts, separator = ", ") => lead + parts.join(separator),
};
/** A narrower terminal is taken for one of this width. */
const MIN_WIDTH = 20;

/** The width that can be written to: many terminals go on to the next line when their last column is. */
export function usableWidth(columns: number): number {
  return Math.max(MIN_WIDTH, columns - 1);
}

/** The fit for what is written to stdout. */
export function stdoutFit(context: Pick<Streams, "liveStdout" | "terminalSize">): Promise<TextFit> {
  return openTextFit(context.liveStdout ? context.terminalSize()?.columns : undefined);
}

/** The fit for what is written to stderr. */
export function stderrFit(context: Pick<Streams, "liveStderr" | "terminalSize">): Promise<TextFit> {
  return openTextFit(context.liveStderr ? context.terminalSize()?.columns : undefined);
}

/** The fit for a terminal of so many columns; `undefined` where there is none. */
export async function openTextFit(columns: number | undefined): Promise<TextFit> {
  if (columns === undefined) return AS_IT_IS;
  const [{ default: stringWidth }, { cut }, { default: wrapAnsi }] = await Promise.all([
    import("npm:string-width@8"),
    import("./cut.ts"),
    import("npm:wrap-ansi@10"),
  ]);
  const width = usableWidth(columns);
  const wrap = (line: string, hang: number): string => {
    if (stringWidth(line) <= width) return line;
    const indent = " ".repeat(/^ */.exec(line)?.[0].length ?? 0);
    const [first = "", ...rest] = wrapAnsi(line, width, { trim: false }).split("\n");
    if (rest.length === 0) return line;
    // What follows the first line has less room.
    const further = `${indent}${" ".repeat(hang)}`;
    const text = wrapAnsi(rest.map((part) => part.trim()).join(" "), width - further.length);
    return [first.trimEnd(), ...text.split("\n").map((part) => `${further}${part}`)].join("\n");
  };
  return {
    wrap,
    shorten: (line) => cut(line, width, "middle"),
    row(lead, parts, separator = ", ") {
      const hang = stringWidth(lead);
      const room = width - hang;
      const lines: string[] = [];
      let line = "";
      for (const [index, part] of parts.entries()) {
        const closed = index === parts.length - 1 ? part : `${part}${separator.trimEnd()}`;
        const longer = line === "" ? closed : `${line} ${closed}`;
        if (stringWidth(longer) <= room) line = longer;
        else {
          if (line !== "") lines.push(line);
          const words = closed.split(" ").map((word) => cut(word, room, "middle")).join(" ");
          const wrapped = wrapAnsi(words, room).split("\n");
          line = wrapped.pop() ?? "";
          lines.push(...wrapped);
        }
      }
      return lead + [...lines, line].join(`\n${" ".repeat(hang)}`);
    },
  };
}
