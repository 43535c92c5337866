/**
 * Checks the content of a configuration file: its keys, and the values by the rules of the command line.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { didYouMean as Suggest } from "../../core/remedy/nearest.ts";
import type { Command } from "../cli/command.ts";
import type { Setting } from "../cli/configuration.ts";
import { namesOf, type OptionDeclaration } from "../cli/declaration.ts";
import { valueFromFile } from "../cli/option_values.ts";
import type { ConfigFile } from "./find_files.ts";
import { configurable, havingSetting, type Known, settingsOf, whyRefused } from "./known_settings.ts";
import { isJsonObject, type JsonObject, lineOf } from "./parse_file.ts";

/**
 * Returns the settings of a file.
 *
 * @throws {JugError} of kind "usage" that names the file, the line and the key.
 */
export async function checkSettings(
  file: ConfigFile,
  content: JsonObject,
  commands: readonly Command[],
): Promise<readonly Setting[]> {
  const problem: { keys?: readonly string[] } = {};
  try {
    return new Checker(file, commands, (keys) => {
      problem.keys = keys;
      return file.path;
    }).check(content);
  } catch (error) {
    if (problem.keys === undefined || !(error instanceof JugError)) throw error;
    // Only a message needs the line and a suggestion, so what finds them is loaded only now.
    const line = await lineOf(file, problem.keys);
    const { didYouMean } = await import("../../core/remedy/nearest.ts");
    const where = line === undefined ? file.path : `${file.path}:${line}`;
    return new Checker(file, commands, () => where, didYouMean).check(content);
  }
}

class Checker {
  readonly #file: ConfigFile;
  readonly #commands: readonly Command[];
  /** Returns the file and line of a setting, for a message. */
  readonly #where: (keys: readonly string[]) => string;
  readonly #suggest: typeof Suggest;

  constructor(
    file: ConfigFile,
    commands: readonly Command[],
    where: (keys: readonly string[]) => string,
    suggest: typeof Suggest = () => "",
  ) {
    this.#file = file;
    this.#commands = commands;
    this.#where = where;
    this.#suggest = suggest;
  }

  check(content: JsonObject): Setting[] {
    return Object.entries(content).flatMap(([key, value]) => {
      if (key === "$schema") return [];
      const section = this.#commands.find(({ name }) => name === key);
      // A subcommand and an option can have the same name: `check`.
      if (section !== undefined && isJsonObject(value)) return this.#checkSection(section, value);
      return this.#checkForAll(key, value);
    });
  }

  #checkSection(command: Command, content: JsonObject): Setting[] {
    const { name } = command;
    if (!configurable([command]).includes(command)) {
      const remedy = command.settingsOf === undefined
        ? "Remove it"
        : `jug ${name} uses the settings of the subcommand that it is asked about`;
      throw this.#problem([name], `"${name}" has no settings`, remedy);
    }
    const known = settingsOf(command);
    return Object.entries(content).map(([key, value]): Setting => {
      const declaration = known.get(key);
      if (declaration === undefined) throw this.#unknown([name, key], [command], known.keys());
      return this.#setting(declaration, name, [name, key], value);
    });
  }

  /** Checks a setting for all subcommands. All that have it must accept it. */
  #checkForAll(key: string, value: unknown): Setting[] {
    const having = havingSetting(key, this.#commands);
    const [first] = having;
    if (first === undefined) {
      const sections = configurable(this.#commands).map(({ name }) => name);
      if (sections.includes(key)) {
        throw this.#problem([key], `"${key}" is not an object`, `Write its settings in braces: "${key}": { … }`);
      }
      const names = configurable(this.#commands).flatMap((command) => [...settingsOf(command).keys()]);
      throw this.#unknown([key], this.#commands, [...names, ...sections]);
    }
    for (const { command, declaration } of having) {
      try {
        this.#setting(declaration, undefined, [key], value);
      } catch (error) {
        if (!(error instanceof JugError) || !having.some((other) => this.#accepts(other, value))) throw error;
        const what = `"${key}" is set for all subcommands, but jug ${command.name} does not take ${
          JSON.stringify(value)
        }`;
        throw this.#problem([key], what, "Set it for single subcommands, in objects under their names");
      }
    }
    return [this.#setting(first.declaration, undefined, [key], value)];
  }

  #accepts({ declaration }: Known, value: unknown): boolean {
    try {
      valueFromFile(declaration, value, "");
      return true;
    } catch (error) {
      if (error instanceof JugError) return false;
      throw error;
    }
  }

  #setting(
    declaration: OptionDeclaration,
    section: string | undefined,
    keys: readonly string[],
    value: unknown,
  ): Setting {
    return {
      key: namesOf(declaration).key,
      section,
      value: valueFromFile(declaration, value, `"${keys.join(".")}" in ${this.#where(keys)}`),
      file: this.#file.path,
      name: [...this.#file.isDenos ? ["jug"] : [], ...keys].join("."),
    };
  }

  #problem(keys: readonly string[], what: string, remedy: string): JugError {
    return new JugError("usage", `${this.#where(keys)}: ${what}`, { remedy });
  }

  #unknown(keys: readonly string[], commands: readonly Command[], names: Iterable<string>): JugError {
    const name = keys.at(-1) ?? "";
    const why = whyRefused(name, commands);
    if (why !== undefined) {
      return this.#problem(keys, `${JSON.stringify(name)} cannot be set in a file`, why);
    }
    const what = `there is no setting ${JSON.stringify(keys.join("."))}`;
    const alias = commands.find(({ aliases = [] }) => aliases.includes(name));
    if (alias !== undefined) return this.#problem(keys, what, `Write "${alias.name}", which is the same`);
    const others = havingSetting(name, this.#commands).map(({ command }) => command.name);
    const hint = others.length > 0
      ? `It is a setting of ${others.join(", ")}`
      : `${this.#suggest(name, names)}\`jug config\` lists all settings`;
    return this.#problem(keys, what, hint);
  }
}
