/**
 * Defines what a subcommand is: its name, its options, and how to run it.
 *
 * The files of all subcommands are loaded each time jug starts. The function that runs a subcommand imports the heavy
 * parts (the engine, worker threads) itself, so that `jug status` starts fast.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import type { Streams } from "../display/streams.ts";
import type { Configuration } from "./configuration.ts";
import type { Inspection, InspectOptions } from "./inspection.ts";
import type { OperandDeclaration, OptionDeclaration } from "./declaration.ts";
import type { SplitWords } from "./jugfile_operand.ts";
import type { Outcome } from "./outcome.ts";

export type { OperandDeclaration, OptionDeclaration } from "./declaration.ts";

/** How much is printed on stderr. */
export type Verbosity = "quiet" | "info" | "debug";

/** Everything that a subcommand gets from outside. */
export interface CommandContext extends Streams {
  /** The path or URL of the jugfile, as the user wrote it. */
  readonly jugfile: string;
  /** The address of the jugdir, with `{jugfile}` and `{date}` filled in. */
  readonly jugdir: string;
  /** The arguments for the jugfile. */
  readonly args: readonly string[];
  readonly verbosity: Verbosity;
  /** Writes a file that is no text to stdout. */
  stdoutBytes(bytes: Uint8Array): void;
  /** Prints a line on stderr, unless the verbosity is "quiet". */
  say(line: string): void;
  /** Prints a line on stderr if the verbosity is "debug". */
  debug(line: string): void;
  /** Returns an environment variable; `undefined` if it is not set or may not be read. Never prompts. */
  env(name: string): string | undefined;
  /** Whether Deno allows reading this file or folder. Never prompts. */
  mayRead(path: string): boolean;
  /** Whether a user at a terminal can be asked a question. */
  readonly canAsk: boolean;
  /** Asks a question at the terminal and returns whether the user answered yes. */
  confirm(question: string): boolean;
  /** Returns the current time. */
  now(): Date;
  /** Loads the jugfile up to its first unmet barrier. */
  inspect(options?: InspectOptions): Promise<Inspection>;
  /** Opens the backend without loading the jugfile, which may be broken. The caller closes the backend. */
  openBackend(): Promise<Backend>;
}

/** The values that the parser found, by the option's name in camel case. */
export type OptionValues = Readonly<Record<string, unknown>>;

/** What a subcommand may know of the command line as a whole. */
export interface CommandLine {
  /** All subcommands. */
  readonly commands: readonly Command[];
  /** The configuration files, and what was taken from them. */
  readonly configuration: Configuration;
  /** The words after `--` that are not for the jugfile; see {@linkcode Command.takesRest}. */
  readonly rest?: readonly string[];
}

/** Runs a subcommand with options that are already checked. */
export type CommandRun = (context: CommandContext) => Promise<Outcome>;

/** A subcommand. */
export interface Command {
  readonly name: string;
  /** Other names for the same subcommand. */
  readonly aliases?: readonly string[];
  /** One line for the list of subcommands. */
  readonly summary: string;
  /** Command lines for the help, each with what it does. */
  readonly examples?: readonly (readonly [line: string, meaning: string])[];
  readonly options: readonly OptionDeclaration[];
  /** The subcommand's own words after the jugfile. If set, arguments for the jugfile must follow `--`. */
  readonly operands?: readonly OperandDeclaration[];
  /** Whether `word` takes the place of the jugfile although it does not look like the name of a module. */
  readonly isForJugfile?: (word: string) => boolean;
  /** Whether the operands come before the jugfile. The words after the jugfile are then arguments for it. */
  readonly operandsFirst?: boolean;
  /** Splits words that are in another order than usual; returns `undefined` for the usual one. */
  readonly split?: (words: readonly string[]) => SplitWords | undefined;
  /**
   * What the words after `--` are, for the help, if they are not arguments for the jugfile. Those follow a second `--`.
   */
  readonly takesRest?: string;
  /** Whether a jugfile comes before the operands. Default: true. */
  readonly hasJugfile?: boolean;
  /** Whether configuration files are read for it. Default: true. */
  readonly hasSettings?: boolean;
  /**
   * Returns the subcommand whose settings apply, if that is another one; `undefined` if none apply. Such a subcommand
   * has no settings of its own.
   */
  readonly settingsOf?: (jugfile: string, operands: readonly string[]) => string | undefined;
  /**
   * Checks the options and operands, and returns the function that runs the subcommand.
   *
   * @throws {JugError} of kind "usage" that names a bad option or operand.
   */
  prepare(values: OptionValues, operands?: readonly string[], line?: CommandLine): CommandRun;
}
