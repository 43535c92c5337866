/**
 * Fits text to the width of a terminal. In a file or a pipe, nothing is wrapped or cut.
 *
 * @module
 */

import type { Streams } from "./streams.ts";

/** Fits text into lines. */
export interface TextFit {
  /** Wraps a line between words. Continuation lines are indented by `hang` columns more than the line itself. */
  wrap(line: string, hang: number): string;
  /** Shortens a line that does not fit, by cutting out its middle. */
  shorten(line: string): string;
  /**
   * Lays out a row of a list: `lead`, then the parts. It is wrapped between parts, or between words if a part does not
   * fit. Longer words are shortened.
   */
  row(lead: string, parts: readonly string[], separator?: string): string;
}

/** Leaves text as it is. */
export const AS_IT_IS: TextFit = {
  wrap: (line) => line,
  shorten: (line) => line,
  row: (lead, parts, separator = ", ") => lead + parts.join(separator),
};
/** A narrower terminal is treated as one of this width. */
const MIN_WIDTH = 20;

/** Returns the usable width: many terminals wrap to the next line when the last column is written. */
export function usableWidth(columns: number): number {
  return Math.max(MIN_WIDTH, columns - 1);
}

/** Returns the fit for text on stdout. */
export function stdoutFit(context: Pick<Streams, "liveStdout" | "terminalSize">): Promise<TextFit> {
  return openTextFit(context.liveStdout ? context.terminalSize()?.columns : undefined);
}

/** Returns the fit for text on stderr. */
export function stderrFit(context: Pick<Streams, "liveStderr" | "terminalSize">): Promise<TextFit> {
  return openTextFit(context.liveStderr ? context.terminalSize()?.columns : undefined);
}

/** Returns the fit for a terminal of so many columns; `undefined` means no terminal. */
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
    // Continuation lines are indented, so they have less room.
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
