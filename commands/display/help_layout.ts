/**
 * How help looks: as wide as the terminal and no wider than is easy to read, never broken inside a word.
 *
 * @module
 */
import type { Help } from "npm:commander@14";
import { painter } from "./paint.ts";
import { usableWidth } from "./text_fit.ts";

/** Where help is shown. */
export interface HelpArea {
  /** `undefined` where there is no terminal. */
  readonly columns: number | undefined;
  readonly color: boolean;
}

/** Help in a file. */
export const PLAIN_HELP: HelpArea = { columns: undefined, color: false };

const WIDEST = 100;
/** Descriptions that would get less than this stand below what they describe. */
const MIN_DESCRIPTION = 22;
const INDENT = "  ";
/** How far a description is indented that stands below. */
const BELOW = `${INDENT}    `;

/** The width of help there. */
export function helpWidth({ columns }: HelpArea): number {
  return columns === undefined ? WIDEST : Math.min(WIDEST, usableWidth(columns));
}

/** What the parser is to do otherwise than by itself. `usageOf` is the usage line of a subcommand. */
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

/** What a usage line is made from. */
export type UsageCommand = Parameters<Help["commandUsage"]>[0];

function indentRest(text: string, indent: string): string {
  return text.replaceAll("\n", `\n${indent}`);
}

/** Breaks between the parts of a usage line: what is in brackets stays together where it can. */
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
