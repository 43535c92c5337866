/**
 * The options that most subcommands share.
 *
 * @module
 */
import { addressFrom } from "../../backends/address/relative_address.ts";
import type { Command, Verbosity } from "./command.ts";
import type { ChoiceValue, OptionDeclaration } from "./declaration.ts";
import { OLD_LEVELS } from "./old_options.ts";

const JUGDIR: OptionDeclaration = {
  flags: "--jugdir <address>",
  description: "where results and locks are kept; {jugfile} and {date} are filled in",
  value: { kind: "text", fallback: "{jugfile}.jugdata beside the jugfile", names: "jugdir", rebase: addressFrom },
};

/** The levels of `--verbose`. */
export const VERBOSITIES: readonly Verbosity[] = ["quiet", "info", "debug"];

/** What `--verbose` takes. Names of Python's log levels are accepted, too. */
export const LEVEL: ChoiceValue = { kind: "choice", choices: VERBOSITIES, fallback: "info", synonyms: OLD_LEVELS };

const VERBOSE: readonly OptionDeclaration[] = [
  {
    flags: "--verbose <level>",
    description: "how much is printed on stderr: quiet, info or debug",
    value: LEVEL,
    yieldsTo: ["v", "quiet"],
  },
  {
    flags: "-v",
    description: "short for --verbose debug",
    conflicts: ["verbose", "quiet"],
    notInFiles: `Write "verbose": "debug"`,
  },
  { flags: "-q, --quiet", description: "short for --verbose quiet", conflicts: ["verbose"], yieldsTo: ["v"] },
];

const NO_CONFIG: OptionDeclaration = {
  flags: "--no-config",
  description: "read no configuration file",
  notInFiles: "A file cannot prevent that it is read",
};

/** Returns all options of a subcommand, except for those that have no effect. */
export function optionsOf({ options, hasJugfile = true, hasSettings = true }: Command): readonly OptionDeclaration[] {
  return [...options, ...hasJugfile ? [JUGDIR] : [], ...VERBOSE, ...hasSettings ? [NO_CONFIG] : []];
}
