/**
 * The output of `jug stale`: a table with the reasons, and JSON.
 *
 * @module
 */
import type { CodeChange, Verdict } from "../../engine/analysis/code/compare_code.ts";
import type { CodeState } from "../../engine/analysis/stale.ts";
import type { CommandContext } from "../cli/command.ts";
import { type Paint, painter, type Style } from "../display/paint.ts";
import { stdoutFit, type TextFit } from "../display/text_fit.ts";

const STYLES: Readonly<Record<Verdict["state"], Style>> = { current: "green", stale: "red", unknown: "yellow" };
const TITLES = { name: "Function", count: "Results", state: "State" };
/** The widest column of names. */
const WIDEST = 40;

/** The layout and colours of the table. */
interface Look {
  readonly fit: TextFit;
  readonly paint: Paint;
  readonly nameWidth: number;
}

/** Prints a row for each function and state, followed by the reasons. */
export async function printStates(context: CommandContext, states: readonly CodeState[]): Promise<void> {
  if (states.length === 0) return context.stdout("No results\n");
  const longest = states.reduce((most, { name }) => Math.max(most, visible(name).length), TITLES.name.length);
  const look = {
    fit: await stdoutFit(context),
    paint: painter(context.color.stdout),
    nameWidth: Math.min(longest, WIDEST),
  };
  const head = `${TITLES.name.padEnd(look.nameWidth)}${TITLES.count.padStart(9)}  ${TITLES.state}`;
  const lines = [look.paint("bold", head), ...states.flatMap((state) => stateLines(state, look))];
  context.stdout(`${lines.join("\n")}\n`);
}

function stateLines({ name, count, verdict }: CodeState, { fit, paint, nameWidth }: Look): string[] {
  const shown = visible(name);
  // A long name has a line of its own.
  const isLong = shown.length > nameWidth;
  const row = `${isLong ? "".padEnd(nameWidth) : shown.padEnd(nameWidth)}${String(count).padStart(9)}  `;
  const state = paint(STYLES[verdict.state], verdict.state);
  return [
    ...isLong ? [fit.shorten(shown)] : [],
    row + state,
    ...reasonLines(verdict).map(({ text, style }) => {
      const line = fit.shorten(`  ${visible(text)}`);
      return style === undefined ? line : paint(style, line);
    }),
  ];
}

interface Line {
  readonly text: string;
  readonly style?: Style;
}

function reasonLines(verdict: Verdict): Line[] {
  switch (verdict.state) {
    case "current":
      return [];
    case "unknown":
      return verdict.reasons.map((text) => ({ text }));
    case "stale":
      return verdict.changes.flatMap((change) => [
        { text: changeText(change) },
        ...change.was === undefined ? [] : [{ text: `  was: ${change.was}`, style: "dim" as const }],
        ...change.is === undefined ? [] : [{ text: `  is:  ${change.is}`, style: "dim" as const }],
      ]);
  }
}

/** Returns `helpers.ts: normalise, through e.ts, prep.ts`. */
function changeText({ kind, module, name, through }: CodeChange): string {
  if (kind === "own") return "its own code";
  const what = name === undefined ? module ?? "" : `${module}: ${name}`;
  const between = through.filter((passed) => passed !== module);
  return between.length === 0 ? what : `${what}, through ${between.join(", ")}`;
}

/** Returns the states for programs. */
export function jsonStates(states: readonly CodeState[]) {
  return [...Map.groupBy(states, ({ name }) => name)].map(([name, ofName]) => ({
    name,
    results: ofName.reduce((sum, { count }) => sum + count, 0),
    states: ofName.map(({ count, verdict }) => ({
      state: verdict.state,
      results: count,
      changes: verdict.state === "stale" ? verdict.changes.map(jsonChange) : [],
      reasons: verdict.state === "unknown" ? verdict.reasons : [],
    })),
  }));
}

function jsonChange({ kind, module, name, through, was, is }: CodeChange) {
  return { kind, module: module ?? null, name: name ?? null, through, was: was ?? null, is: is ?? null };
}

/** Shows control characters as codes: they could change what a terminal shows. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (sign) => {
    return `\\u${sign.codePointAt(0)?.toString(16).padStart(4, "0")}`;
  });
}
