/**
 * What `jug config` prints: settings with their origins, and the places at which files were looked for.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import { shownAddress } from "../../backends/address/shown_address.ts";
import { JugError } from "../../core/errors.ts";
import type { Command, CommandContext, CommandLine, OptionValues } from "../cli/command.ts";
import type { ConfigPlace, Origin, PlaceState } from "../cli/configuration.ts";
import { namesOf, type OptionDeclaration, ruleOf } from "../cli/declaration.ts";
import { parseCommandLine, type ParsedLine } from "../cli/parse.ts";
import { configurable, settingsOf } from "./known_settings.ts";
import { settle } from "./settle.ts";

/** What to show. */
export interface Request {
  readonly line: CommandLine;
  /** The words of the subcommand: the name of another one, or none. */
  readonly operands: readonly string[];
  /** The options of `jug config` itself. */
  readonly values: OptionValues;
  readonly isJson: boolean;
  /** The names of the environment variables that are settings. */
  readonly variables: readonly string[];
}

/** A setting of a subcommand. */
interface Row {
  readonly subcommand: string;
  /** The name of the option without dashes. */
  readonly name: string;
  /** `null`: not set. */
  readonly value: string | number | boolean | null;
  /** The value as people read it. */
  readonly shown: string;
  readonly origin: Origin;
}

type Context = Pick<CommandContext, "jugfile" | "args" | "env" | "stdout">;

/**
 * Prints the settings.
 *
 * @throws {JugError} of kind "usage" if the operand names no subcommand, or if the options after -- are refused.
 */
export function showConfig(context: Context, request: Request): void {
  const { line, isJson, variables: names } = request;
  const rows = linesOf(context, request).flatMap((parsed) => rowsOf(parsed, line));
  const variables = names.flatMap((name) => {
    const value = context.env(name);
    return value === undefined || value === "" ? [] : [{ name, value }];
  });
  if (isJson) {
    const { places } = line.configuration;
    const settings = rows.map(({ shown: _shown, ...row }) => row);
    context.stdout(`${JSON.stringify({ settings, variables, files: places }, undefined, 2)}\n`);
    return;
  }
  const texts = [
    ...folded(rows).map((row) => [row.name, row.shown, originText(row.origin)]),
    ...variables.map(({ name, value }) => [name, JSON.stringify(value), "environment variable"]),
  ];
  context.stdout(`${columns(texts)}\n${placesText(line.configuration.places)}`);
}

/** The keys of options that `jug config` shares with other subcommands. */
const COMMON = ["jugdir", "verbose", "quiet"];

/** Returns the command lines whose settings to show: one for each subcommand, or the one that the user asks about. */
function linesOf(
  { jugfile, args }: Context,
  { line: { commands, configuration }, operands: [wanted, ...others], values }: Request,
): ParsedLine[] {
  // `jug config --jugdir x` means: what if another command had this option.
  const given = COMMON.filter((key) => configuration.origins.get(key)?.kind === "line");
  const givenTo = (command: Command): OptionValues => {
    const known = [...settingsOf(command).values()].map((declaration) => namesOf(declaration).key);
    return Object.fromEntries(given.filter((key) => known.includes(key)).map((key) => [key, values[key]]));
  };
  const known = configurable(commands);
  const alone = (command: Command): ParsedLine => ({
    kind: "run",
    command,
    jugfile,
    operands: [],
    args: [],
    rest: [],
    values: givenTo(command),
    undone: new Set(),
    readsFiles: true,
    notes: [],
  });
  const remedy = "Write jug config [JUGFILE] [SUBCOMMAND] [-- OPTIONS of the subcommand]";
  if (wanted === undefined) {
    if (args.length === 0) return known.map(alone);
    throw new JugError("usage", "options follow --, but no subcommand that they are for is named", { remedy });
  }
  const command = known.find(({ name, aliases = [] }) => name === wanted || aliases.includes(wanted));
  if (command === undefined || others.length > 0) {
    const what = others.length > 0 ? `unexpected word '${others[0]}'` : `'${wanted}' is not a subcommand with settings`;
    const names = known.map(({ name }) => name).join(", ");
    throw new JugError("usage", what, { remedy: others.length > 0 ? remedy : `Give one of ${names}` });
  }
  if (args.length === 0) return [alone(command)];
  const first = command.hasJugfile === false ? [] : [jugfile];
  const parsed = parseCommandLine([command.name, ...first, ...args], commands, "");
  if (parsed.kind === "run") return [{ ...parsed, values: { ...givenTo(command), ...parsed.values } }];
  throw new JugError("usage", "the options after -- show help", { remedy });
}

function rowsOf(parsed: ParsedLine, { commands, configuration }: CommandLine): Row[] {
  const { values, origins } = settle(parsed, configuration.settings, commands);
  return [...settingsOf(parsed.command)].map(([name, declaration]) => {
    const { key } = namesOf(declaration);
    const origin = origins.get(key) ?? { kind: "default" };
    return { subcommand: parsed.command.name, name, ...valueIn(declaration, values), origin };
  });
}

function valueIn(declaration: OptionDeclaration, values: OptionValues): Pick<Row, "value" | "shown"> {
  const { key, isNegated } = namesOf(declaration);
  const rule = ruleOf(declaration);
  const found = values[key];
  if (rule === undefined) {
    const isOn = found === !isNegated;
    return { value: isOn, shown: String(isOn) };
  }
  if (typeof found !== "string") {
    const fallback = rule.kind === "text" ? undefined : rule.fallback;
    return { value: fallback ?? null, shown: rule.fallback === undefined ? "not set" : String(rule.fallback) };
  }
  if (rule.kind === "number" && !rule.words?.includes(found)) return { value: Number(found), shown: found };
  const text = rule.kind === "text" && rule.names === "jugdir" ? shownAddress(found) : found;
  return { value: text, shown: JSON.stringify(text) };
}

/** Joins the rows of a setting that is the same in all subcommands that have it. The others get two-part names. */
function folded(rows: readonly Row[]): readonly Row[] {
  const byName = Map.groupBy(rows, ({ name }) => name);
  return [...byName].flatMap(([, group]) => {
    const [first] = group;
    const forms = new Set(group.map(({ value, origin }) => JSON.stringify([value, origin])));
    if (first !== undefined && forms.size === 1 && group.length > 1) return [first];
    return group.map((row) => ({ ...row, name: `${row.subcommand}.${row.name}` }));
  });
}

function originText(origin: Origin): string {
  switch (origin.kind) {
    case "line":
      return "command line";
    case "file":
      return `${origin.file}: ${origin.key}`;
    case "left-out":
      return `${origin.file}: ${origin.key} is left out, since ${origin.why}`;
    case "default":
      return "default";
  }
}

const STATES: Readonly<Record<PlaceState, string>> = {
  used: "used",
  absent: "not there",
  "without-settings": `has no settings of jug (key "jug")`,
  foreign: "not read: belongs to another user than the jugfile",
  unreadable: "not read: the system refuses it, or it is too large",
  "not-allowed": "not looked at: Deno does not allow reading it (--allow-read)",
};

/** Returns a line for each place, but one for all files that are missing in a folder. */
function placesText(places: readonly ConfigPlace[]): string {
  const folders = Map.groupBy(places.filter(({ state }) => state === "absent"), ({ path }) => dirname(path));
  const seen = new Set<string>();
  const rows = places.flatMap(({ path, state }): string[][] => {
    if (state !== "absent") return [[path, STATES[state]]];
    const folder = dirname(path);
    if (seen.has(folder)) return [];
    seen.add(folder);
    const names = folders.get(folder)?.map((place) => basename(place.path)) ?? [];
    return [[folder, `no ${names.join(", ")}`]];
  });
  return rows.length === 0 ? "No configuration file is read\n" : `Files, in the order of precedence:\n${columns(rows)}`;
}

/** Aligns the columns of rows. Returns whole lines. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `${row.map((text, column) => column === row.length - 1 ? text : text.padEnd(widths[column] ?? 0)).join("  ")}\n`
  ).join("");
}
