/**
 * Reads the configuration files of a command line.
 *
 * What parses and checks files is loaded only if there is one.
 *
 * @module
 */
import { dirname } from "node:path";
import { JugError } from "../../core/errors.ts";
import type { Command, OptionValues } from "../cli/command.ts";
import {
  type ConfigPlace,
  type Configuration,
  NO_CONFIGURATION,
  type Origin,
  type PlaceState,
} from "../cli/configuration.ts";
import type { ParsedLine } from "../cli/parse.ts";
import { findFiles, type Found, type Surroundings } from "./find_files.ts";

/** The options of a command line together with the settings of files. */
export interface Configured {
  readonly values: OptionValues;
  readonly configuration: Configuration;
}

/**
 * Returns the options of a command line together with the settings of files that apply to it.
 *
 * @throws {JugError} of kind "usage" if a file cannot be parsed or contains something that it cannot.
 */
export async function configure(
  line: ParsedLine,
  commands: readonly Command[],
  surroundings: Surroundings,
): Promise<Configured> {
  const origins = new Map(Object.keys(line.values).map((key): [string, Origin] => [key, { kind: "line" }]));
  const none = { values: line.values, configuration: { ...NO_CONFIGURATION, origins } };
  if (!line.readsFiles) return none;
  const found = findFiles(line.command.hasJugfile === false ? undefined : line.jugfile, surroundings);
  const { places, variables } = found;
  if (found.files.length === 0) return { ...none, configuration: { ...none.configuration, places, variables } };
  const { files, unused } = await readFiles(found, commands);
  const { settle } = await import("./settle.ts");
  const settled = settle(line, files, commands);
  const marked = places.map(markUnused(unused));
  return {
    values: settled.values,
    configuration: { places: marked, variables, settings: files, origins: settled.origins },
  };
}

async function readFiles({ files }: Found, commands: readonly Command[]) {
  const [{ settingsIn }, { checkSettings }] = await Promise.all([
    import("./parse_file.ts"),
    import("./check_settings.ts"),
  ]);
  const used: string[] = [];
  const settings = [];
  for (const file of files) {
    const content = await settingsIn(file);
    if (content === undefined) continue;
    const other = used.find((path) => dirname(path) === dirname(file.path));
    if (other !== undefined) {
      throw new JugError("usage", `there are settings in ${other} and in ${file.path}`, {
        remedy: "Keep them in one file of each folder",
      });
    }
    used.push(file.path);
    settings.push(await checkSettings(file, content, commands));
  }
  return { files: settings, unused: new Set(files.map(({ path }) => path).filter((path) => !used.includes(path))) };
}

function markUnused(unused: ReadonlySet<string>): (place: ConfigPlace) => ConfigPlace {
  return ({ path, state }) => ({ path, state: unused.has(path) ? "without-settings" : state });
}

/** What to tell the user about files that were not read. */
export interface PlaceNotes {
  /** For everybody, since the user may expect that such a file counts. */
  readonly notes: readonly string[];
  /** For `--verbose debug`. */
  readonly details: readonly string[];
}

/** Returns what to tell the user about the places at which files were looked for. */
export function placeNotes({ places }: Configuration): PlaceNotes {
  const at = (wanted: PlaceState) => places.flatMap(({ path, state }) => state === wanted ? [path] : []);
  const foreign = at("foreign").map((path) => `${path} is not read: it belongs to another user than the jugfile`);
  const unreadable = at("unreadable").map((path) => `${path} is not read: the system refuses it, or it is too large`);
  const notAllowed = at("not-allowed");
  const used = at("used");
  return {
    notes: [...foreign, ...unreadable],
    details: [
      ...used.length === 0 ? [] : [`settings are taken from ${used.join(", ")}`],
      ...notAllowed.length === 0
        ? []
        : [`no settings were looked for where Deno does not allow reading: ${notAllowed.join(", ")}`],
    ],
  };
}
