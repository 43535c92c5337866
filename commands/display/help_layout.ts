/**
 * Lays out help texts: as wide as the terminal, at most 100 columns, with line breaks between words only.
 *
 * @module
 */
import type { Help } from "npm:commander@14";
import { painter } from "./paint.ts";
import { usableWidth } from "./text_fit.ts";

/** The output that help is written to. */
export interface HelpArea {
  /** The width of the terminal; `undefined` if there is none. */
  readonly columns: number | undefined;
  readonly color: boolean;
}

/** Help for a file or pipe: no terminal, no colours. */
export const PLAIN_HELP: HelpArea = { columns: undefined, color: false };

/** Lines longer than this are hard to read. */
const WIDEST = 100;
/** A description that would get fewer columns than this goes below its term. */
const MIN_DESCRIPTION = 22;
const INDENT = "  ";
/** The indentation of a description below its term. */
const BELOW = `${INDENT}    `;

/** Returns the width of help texts for this output. */
export function helpWidth({ columns }: HelpArea): number {
  return columns === undefined ? WIDEST : Math.min(WIDEST, usableWidth(columns));
}

/** Returns the overrides for the parser's help. `usageOf` returns the usage line of a command. */
export function helpLayout(area: HelpArea, usageOf: (command: UsageCommand) => string): Partial<Help> {
  const width = helpWidth(area);
  const paint = painter(area.color);
  const heading = "Usage: ";
  return {
    minWidthToWrap: 1,
    subcommandTerm: (command) => [command.name(), ...command.aliases()].join(", "),
    styleTitle: (title) => paint("bold", title),
    styleSubcommandText: (text) => paint("cyan", text),
    styleOptionText: (text) => paint("cyan", text),
    styleArgumentText: (text) => paint("cyan", text),
    styleUsage: (usage) => usage,
    commandUsage(command) {
      const room = width - heading.length;
      return indentRest(wrapWords(usageOf(command), room), " ".repeat(heading.length));
    },
    formatItem(term, termWidth, description, helper) {
      const room = width - termWidth - 2 * INDENT.length;
      if (room >= MIN_DESCRIPTION) {
        const padding = " ".repeat(termWidth - helper.displayWidth(term) + INDENT.length);
        return INDENT + term + padding +
          indentRest(helper.boxWrap(description, room), " ".repeat(termWidth + 2 * INDENT.length));
      }
      const below = helper.boxWrap(description, width - BELOW.length);
      const shown = indentRest(helper.boxWrap(term, width - INDENT.length), BELOW);
      return `${INDENT}${shown}\n${BELOW}${indentRest(below, BELOW)}`;
    },
  };
}

/** Returns the examples of a subcommand, to follow its options in the help; empty if there are none. */
export function exampleText(examples: readonly (readonly [line: string, meaning: string])[], area: HelpArea): string {
  if (examples.length === 0) return "";
  const paint = painter(area.color);
  const room = helpWidth(area) - BELOW.length;
  // The line itself is not broken, so that it can be copied.
  const lines = examples.flatMap(([line, meaning]) => [
    `${INDENT}${paint("cyan", line)}`,
    BELOW + indentRest(wrapWords(meaning, room), BELOW),
  ]);
  return ["", paint("bold", "Examples:"), ...lines].join("\n");
}

/** The parser's command, as a usage line needs it. */
export type UsageCommand = Parameters<Help["commandUsage"]>[0];

function indentRest(text: string, indent: string): string {
  return text.replaceAll("\n", `\n${indent}`);
}

/** Wraps a line at spaces. The part `[-- …]` is not broken. */
function wrapWords(text: string, width: number): string {
  const lines: string[] = [];
  let line = "";
  for (const part of text.match(/\[-- [^\]]*\]|\S+/g) ?? []) {
    if (line !== "" && line.length + 1 + part.length > width) {
      lines.push(line);
      line = part;
    } else line = line === "" ? part : `${line} ${part}`;
  }
  return [...lines, line].join("\n");
}
