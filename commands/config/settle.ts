/**
 * Decides which settings of configuration files apply to a command line.
 *
 * @module
 */
import { dirname } from "node:path";
import { JugError } from "../../core/errors.ts";
import type { Command, OptionValues } from "../cli/command.ts";
import { optionsOf } from "../cli/common_options.ts";
import type { Origin, Setting } from "../cli/configuration.ts";
import { namesOf, type OptionDeclaration, ruleOf } from "../cli/declaration.ts";
import type { ParsedLine } from "../cli/parse.ts";
import { settingsOf } from "./known_settings.ts";

/** The values of all options, and where they come from. */
export interface Settled {
  readonly values: OptionValues;
  readonly origins: ReadonlyMap<string, Origin>;
}

/** A setting that is to apply, unless another one excludes it. */
interface Chosen {
  readonly declaration: OptionDeclaration;
  readonly setting: Setting;
  /** The position of the file in the order of precedence. */
  readonly rank: number;
}

/**
 * Adds to the options of the command line those settings of files that apply. The command line precedes files. Of two
 * files, the one that precedes counts; within a file, what is said for the subcommand precedes what is said for all.
 *
 * @param files The settings of each file, in the order of precedence
 * @throws {JugError} of kind "usage" if one file sets two options that exclude each other.
 */
export function settle(
  line: Pick<ParsedLine, "command" | "jugfile" | "operands" | "values" | "undone">,
  files: readonly (readonly Setting[])[],
  commands: readonly Command[],
): Settled {
  const { command, values, undone } = line;
  const origins = new Map<string, Origin>(Object.keys(values).map((key) => [key, { kind: "line" }]));
  const chosen = choose(line, files, commands).filter(({ setting: { key } }) => !(key in values) && !undone.has(key));
  const merged: Record<string, unknown> = {};
  // What a file switches off is as if it was not set, but a farther file cannot switch it on.
  const active = chosen.filter(({ setting }) => setting.value !== false);
  for (const { setting } of chosen) origins.set(setting.key, { kind: "file", file: setting.file, key: setting.name });
  for (const each of active) {
    const { setting } = each;
    const why = excludedBy(each, values, active, command);
    if (why === undefined) merged[setting.key] = valueOf(each);
    else origins.set(setting.key, { kind: "left-out", file: setting.file, key: setting.name, why });
  }
  for (const { declaration, setting } of active) {
    const { onlyWith } = declaration;
    if (onlyWith === undefined || merged[setting.key] === undefined) continue;
    if (values[onlyWith] !== undefined || merged[onlyWith] !== undefined) continue;
    delete merged[setting.key];
    const why = `it has an effect only with ${flagOf(onlyWith, command)}`;
    origins.set(setting.key, { kind: "left-out", file: setting.file, key: setting.name, why });
  }
  return { values: { ...merged, ...values }, origins };
}

/** Returns the setting of highest precedence for each option. */
function choose(
  { command, jugfile, operands }: Pick<ParsedLine, "command" | "jugfile" | "operands">,
  files: readonly (readonly Setting[])[],
  commands: readonly Command[],
): Chosen[] {
  const name = command.settingsOf === undefined ? command.name : command.settingsOf(jugfile, operands);
  const section = commands.find((other) => other.name === name);
  if (section === undefined) return [];
  const known = settingsOf(section);
  const own = settingsOf(command);
  return [...known].flatMap(([long, declaration]): Chosen[] => {
    // Another subcommand's option of the same name may have another meaning.
    if (own.get(long) !== declaration) return [];
    const { key } = namesOf(declaration);
    for (const [rank, settings] of files.entries()) {
      const found = settings.find((each) => each.key === key && each.section === section.name) ??
        settings.find((each) => each.key === key && each.section === undefined);
      if (found !== undefined) return [{ declaration, setting: found, rank }];
    }
    return [];
  });
}

/** Returns the value for the parser's values. Relative paths in a file are relative to its folder. */
function valueOf({ declaration, setting: { value, file } }: Chosen): string | boolean {
  if (typeof value === "boolean") return !namesOf(declaration).isNegated;
  const rule = ruleOf(declaration);
  return rule?.kind === "text" ? rule.rebase?.(value, dirname(file)) ?? value : value;
}

/** Returns why a setting does not apply; `undefined` if it applies. */
function excludedBy(
  each: Chosen,
  given: OptionValues,
  active: readonly Chosen[],
  command: Command,
): string | undefined {
  const { declaration, setting, rank } = each;
  const rivals = rivalsOf(declaration, command);
  const onLine = rivals.find((key) => given[key] !== undefined);
  if (onLine !== undefined) return `${flagOf(onLine, command)} was given`;
  const other = active.find((candidate) => rivals.includes(candidate.setting.key) && candidate.rank <= rank);
  if (other === undefined) return undefined;
  if (other.rank < rank) return `${other.setting.name} in ${other.setting.file} excludes it`;
  // Of those in one file, what is said for the subcommand precedes.
  if (other.setting.section !== setting.section) {
    return setting.section === undefined ? `${other.setting.name} excludes it` : undefined;
  }
  throw new JugError("usage", `"${setting.name}" and "${other.setting.name}" in ${setting.file} exclude each other`, {
    remedy: "Remove one of them",
  });
}

/** Returns the options that cannot be combined with this one, or to which it yields. */
function rivalsOf(declaration: OptionDeclaration, command: Command): string[] {
  const { key } = namesOf(declaration);
  const others = optionsOf(command).filter(({ conflicts = [] }) => conflicts.includes(key));
  return [
    ...declaration.conflicts ?? [],
    ...declaration.yieldsTo ?? [],
    ...others.map((other) => namesOf(other).key),
  ];
}

function flagOf(key: string, command: Command): string {
  const found = optionsOf(command).find((declaration) => namesOf(declaration).key === key);
  return found === undefined ? key : namesOf(found).flag;
}
