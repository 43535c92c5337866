/**
 * A subcommand that is ready to run: its options, from the command line and from configuration files, are checked.
 *
 * @module
 */
import type { Command, CommandRun, OptionValues, Verbosity } from "./command.ts";
import { VERBOSITIES } from "./common_options.ts";
import { type Configuration, NO_CONFIGURATION } from "./configuration.ts";
import { flagOption, textOption } from "./option_values.ts";
import type { ParsedLine } from "./parse.ts";

/** A subcommand with its arguments and options. */
export interface Invocation {
  readonly jugfile: string;
  /** The address of the jugdir, with templates not yet filled in; `undefined` for the default. */
  readonly jugdir: string | undefined;
  readonly args: readonly string[];
  readonly verbosity: Verbosity;
  /** Messages about options that are accepted but have no effect. */
  readonly notes: readonly string[];
  readonly run: CommandRun;
}

/**
 * Checks the options and operands of a parsed command line.
 *
 * @param values The options, also those from files. Default: those of the command line.
 * @throws {JugError} of kind "usage" that names a bad option or operand.
 */
export function prepare(
  { command, jugfile, operands, args, rest, notes, ...parsed }: ParsedLine,
  commands: readonly Command[],
  values: OptionValues = parsed.values,
  configuration: Configuration = NO_CONFIGURATION,
): Invocation {
  return {
    jugfile,
    jugdir: textOption(values, "jugdir"),
    args,
    verbosity: verbosityOf(values),
    notes,
    run: command.prepare(values, operands, { commands, configuration, rest }),
  };
}

function verbosityOf(values: OptionValues): Verbosity {
  if (flagOption(values, "quiet")) return "quiet";
  if (flagOption(values, "v")) return "debug";
  return VERBOSITIES.find((level) => level === values["verbose"]) ?? "info";
}
