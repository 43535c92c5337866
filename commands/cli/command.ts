/**
 * What a subcommand is: its name, its options, and how to run it.
 *
 * A subcommand's file is read each time jug starts. What is heavy (the engine, a worker's threads) is imported by the
 * function that runs it, so that `jug status` starts fast.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import type { Streams } from "../display/streams.ts";
import type { Inspection } from "./inspection.ts";
import type { Outcome } from "./outcome.ts";

/** How much stderr says. */
export type Verbosity = "quiet" | "info" | "debug";

/** All that a subcommand gets from outside. */
export interface CommandContext extends Streams {
  /** Path of the jugfile, as the user wrote it. */
  readonly jugfile: string;
  /** Address of results and locks, its templates filled in. */
  readonly jugdir: string;
  /** The jugfile's arguments. */
  readonly args: readonly string[];
  readonly verbosity: Verbosity;
  /** Says a line on stderr, unless quiet. */
  say(line: string): void;
  /** Says a line on stderr, with `--verbose debug`. */
  debug(line: string): void;
  /** An environment variable, `undefined` where it is not set or may not be asked. Never prompts. */
  env(name: string): string | undefined;
  /** Whether this file or folder may be read. Never prompts. */
  mayRead(path: string): boolean;
  /** Whether somebody sits at a terminal and can be asked. */
  readonly canAsk: boolean;
  /** Asks there, and answers whether the answer was yes. */
  confirm(question: string): boolean;
  /** The wall clock. */
  now(): Date;
  /** Loads the jugfile as far as its first unmet barrier. */
  inspect(): Promise<Inspection>;
  /** Opens the jugdir alone, for what can be done though the jugfile is broken. The caller closes it. */
  openBackend(): Promise<Backend>;
}

/** An option of a subcommand, in the words of the parser: `--target <pattern>`. */
export interface OptionDeclaration {
  readonly flags: string;
  readonly description: string;
  /** Which other options (in camel case) it cannot be combined with. */
  readonly conflicts?: readonly string[];
}

/** A word that follows the jugfile. */
export interface OperandDeclaration {
  readonly name: string;
  readonly isOptional?: boolean;
  readonly description: string;
}

/** What the parser found, by the option's name in camel case. */
export type OptionValues = Readonly<Record<string, unknown>>;

/** Runs a subcommand whose options are known. */
export type CommandRun = (context: CommandContext) => Promise<Outcome>;

/** A subcommand. */
export interface Command {
  readonly name: string;
  /** Other names that mean the same. */
  readonly aliases?: readonly string[];
  /** One line for the list of subcommands. */
  readonly summary: string;
  readonly options: readonly OptionDeclaration[];
  /** Words after the jugfile that are the subcommand's own: the jugfile's arguments then follow `--` only. */
  readonly operands?: readonly OperandDeclaration[];
  /** Which words may stand in the jugfile's place, though they look like no module's name. */
  readonly isForJugfile?: (word: string) => boolean;
  /** Whether a jugfile comes before the operands. Default: true. */
  readonly hasJugfile?: boolean;
  /**
   * Checks the options and operands.
   *
   * @throws {JugError} of kind "usage", naming the option.
   */
  prepare(values: OptionValues, operands?: readonly string[]): CommandRun;
}
