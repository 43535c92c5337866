/**
 * Parses a command line.
 *
 * @module
 */
import { Command as Parser, CommanderError, InvalidArgumentError, Option } from "npm:commander@14";
import { JugError } from "../../core/errors.ts";
import type { Command, CommandRun, OperandDeclaration, OptionDeclaration, OptionValues, Verbosity } from "./command.ts";
import { OLD_LEVELS, OLD_OPTIONS, type OldOption } from "./old_options.ts";
import { subcommandFor } from "./synonyms.ts";
import { DEFAULT_JUGFILE, type SplitWords, splitWords } from "./jugfile_operand.ts";
import { exampleText, type HelpArea, helpLayout, helpWidth, PLAIN_HELP } from "../display/help_layout.ts";

/** A subcommand with its arguments and options. */
export interface Invocation {
  readonly kind: "run";
  readonly jugfile: string;
  /** The address of the jugdir, with templates not yet filled in; `undefined` for the default. */
  readonly jugdir: string | undefined;
  readonly args: readonly string[];
  readonly verbosity: Verbosity;
  /** Messages about options that are accepted but have no effect. */
  readonly notes: readonly string[];
  readonly run: CommandRun;
}

/** A text that the user asked for: help, or the version. */
export interface Shown {
  readonly kind: "shown";
  readonly text: string;
}

const VERBOSITIES: readonly Verbosity[] = ["quiet", "info", "debug"];

const COMMON: readonly OptionDeclaration[] = [
  {
    flags: "--jugdir <address>",
    description: "where results and locks are kept; {jugfile} and {date} are filled in " +
      "(default: {jugfile}.jugdata beside the jugfile)",
  },
];

/**
 * Parses `args`: `SUBCOMMAND [JUGFILE [ARGUMENT...]] [OPTIONS] [-- ARGUMENTS]`.
 *
 * @throws {JugError} of kind "usage" if `args` cannot be parsed. It suggests the nearest match, if there is one.
 */
export function parseCommandLine(
  args: readonly string[],
  commands: readonly Command[],
  version: string,
  area: HelpArea = PLAIN_HELP,
): Invocation | Shown {
  const split = args.indexOf("--");
  const words = split < 0 ? args : args.slice(0, split);
  const before = askForHelp(words, commands);
  const after = split < 0 ? [] : args.slice(split + 1);

  let text = "";
  let invocation: Invocation | undefined;
  const parser = newParser(version, area, (shown) => text += shown);
  for (const command of commands) {
    addSubcommand(parser, command, area, (words, values) => {
      const { jugfile, operands } = splitCommand(command, words);
      invocation = {
        kind: "run",
        jugfile,
        jugdir: typeof values["jugdir"] === "string" ? values["jugdir"] : undefined,
        args: command.operands === undefined ? [...operands, ...after] : after,
        verbosity: verbosityOf(values),
        notes: notesOf(command, values),
        run: command.prepare(values, operands),
      };
    });
  }
  try {
    parser.parse([...before], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.helpDisplayed" || error.code === "commander.version") return { kind: "shown", text };
    // commander treats `jug help` without a subcommand as an error, like `jug` alone. Here only the latter is one.
    if (error.code === "commander.help" && before.length > 0) return { kind: "shown", text };
    throw usageError(error, before, commands);
  }
  if (invocation === undefined) return { kind: "shown", text };
  return invocation;
}

function newParser(version: string, area: HelpArea, show: (text: string) => void): Parser {
  return new Parser("jug")
    .description("Runs the tasks of a jugfile in parallel, in any number of processes, on any number of machines.")
    .usage("SUBCOMMAND [JUGFILE [ARGUMENT...]] [OPTIONS] [-- ARGUMENTS]")
    .version(`jug ${version}`, "-V, --version", "show the version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [subcommand]", "show help of a subcommand")
    .configureHelp(helpLayout(area, usageLine))
    .configureOutput({
      writeOut: show,
      writeErr: () => {},
      // commander's defaults read environment variables, which takes a permission.
      getOutHasColors: () => area.color,
      getErrHasColors: () => area.color,
      getOutHelpWidth: () => helpWidth(area),
      getErrHelpWidth: () => helpWidth(area),
    })
    .exitOverride();
}

function usageLine(command: Parser): string {
  return command.parent === null ? `jug ${command.usage()}` : `jug ${command.name()} ${command.usage()}`;
}

function addSubcommand(
  parser: Parser,
  command: Command,
  area: HelpArea,
  found: (words: string[], values: OptionValues) => void,
): void {
  const sub = parser.command(command.name)
    .aliases([...command.aliases ?? []])
    .summary(command.summary)
    .description(`${command.summary}.`);
  const { hasJugfile = true } = command;
  if (hasJugfile) sub.argument("[jugfile]", `the module that declares the tasks (default: ${DEFAULT_JUGFILE})`);
  if (command.operands === undefined) {
    sub.usage("[JUGFILE [ARGUMENT...]] [OPTIONS] [-- ARGUMENTS]");
    sub.argument(
      "[arguments...]",
      "arguments for the jugfile, which finds them in `args`; those that begin with a dash go after --",
    );
  } else {
    const names = command.operands.map(operandTerm).join(" ");
    sub.usage(hasJugfile ? `[JUGFILE] ${names} [OPTIONS] [-- ARGUMENTS]` : `${names} [OPTIONS]`);
    for (const { name, description } of command.operands) sub.argument(`[${name}]`, description);
  }
  for (const declaration of [...command.options, ...(hasJugfile ? COMMON : [])]) sub.addOption(newOption(declaration));
  for (const { flags } of oldOptionsOf(command)) sub.addOption(new Option(flags).hideHelp());
  sub.addOption(
    new Option("--verbose <level>", "how much is printed on stderr: quiet, info or debug (default: info)").argParser(
      level,
    ),
  );
  sub.addOption(new Option("-v", "short for --verbose debug").conflicts(["verbose", "quiet"]));
  sub.addOption(new Option("-q, --quiet", "short for --verbose quiet").conflicts("verbose"));
  sub.addHelpText("after", exampleText(command.examples ?? [], area));
  sub.action(() => found(sub.args, sub.opts()));
}

function oldOptionsOf({ name, hasJugfile = true }: Command): readonly OldOption[] {
  return OLD_OPTIONS.filter(({ command }) => command === undefined ? hasJugfile : command === name);
}

function notesOf(command: Command, values: OptionValues): string[] {
  return oldOptionsOf(command).filter(({ flags }) => values[new Option(flags).attributeName()] !== undefined)
    .map(({ flags, note }) => `${flags.split(" ", 1)[0]} has no effect: ${note}`);
}

/** Parses a verbosity. Case does not matter, and some names of Python's log levels are accepted. */
function level(text: string): Verbosity {
  const word = OLD_LEVELS[text.toLowerCase()] ?? text.toLowerCase();
  const found = VERBOSITIES.find((level) => level === word);
  if (found === undefined) throw new InvalidArgumentError(`Allowed choices are ${VERBOSITIES.join(", ")}.`);
  return found;
}

function verbosityOf(values: OptionValues): Verbosity {
  if (values["quiet"] === true) return "quiet";
  if (values["v"] === true) return "debug";
  return VERBOSITIES.find((level) => level === values["verbose"]) ?? "info";
}

/** Splits the words of a subcommand. If it has no operands of its own, the first word is the jugfile. */
function splitCommand({ hasJugfile, operands = [], isForJugfile }: Command, words: readonly string[]): SplitWords {
  if (hasJugfile === false) return { jugfile: DEFAULT_JUGFILE, operands: words };
  return splitWords(words, { count: operands.length, isForJugfile });
}

function operandTerm({ name, isOptional }: OperandDeclaration): string {
  return isOptional ? `[${name.toUpperCase()}]` : name.toUpperCase();
}

function newOption(declaration: OptionDeclaration): Option {
  const option = new Option(declaration.flags, declaration.description);
  if (declaration.conflicts) option.conflicts([...declaration.conflicts]);
  return option;
}

/**
 * Rewrites requests for help that commander handles badly: it shows nothing for `help help`, and the general help for
 * `help nonsense`.
 */
function askForHelp(words: readonly string[], commands: readonly Command[]): readonly string[] {
  const [word = "", name] = words;
  // commander would show the general help for `nonsense --help`.
  const isKnown = /^(-|help$)/.test(word) || commands.some((command) => isCalled(command, word));
  if (!isKnown && words.some((option) => option === "--help" || option === "-h")) return [word];
  if (word !== "help" || name === undefined || name.startsWith("-")) return words;
  if (name === "help") return ["help"];
  // An unknown word alone is refused, with a suggestion of the nearest match.
  return commands.some((command) => isCalled(command, name)) ? words : [name];
}

function isCalled({ name, aliases = [] }: Command, word: string): boolean {
  return name === word || aliases.includes(word);
}

function usageError(error: CommanderError, args: readonly string[], commands: readonly Command[]): JugError {
  const message = error.message.replace(/^error: /, "").replace("unknown command", "unknown subcommand");
  const [what = message, suggestion] = message.split("\n");
  const remedy = synonymRemedy(error.code, args[0]) ?? suggestion?.replace(/^\((.*)\)$/, "$1") ??
    remedyFor(error.code, args, commands);
  return new JugError("usage", error.code === "commander.help" ? "no subcommand was given" : what, { remedy });
}

/** Suggests a subcommand by meaning. This precedes suggestions by spelling: `list` is not a misspelt `init`. */
function synonymRemedy(code: string, word = ""): string | undefined {
  const name = code === "commander.unknownCommand" ? subcommandFor(word) : undefined;
  return name === undefined ? undefined : `Did you mean ${name}?`;
}

function remedyFor(code: string, args: readonly string[], commands: readonly Command[]): string {
  const name = args.find((word) => commands.some((command) => isCalled(command, word)));
  switch (code) {
    case "commander.unknownCommand":
      return /\.[cm]?[jt]s$/.test(args[0] ?? "") ? `Did you mean jug execute ${args[0]}?` : listOf(commands);
    case "commander.help":
      return listOf(commands);
    case "commander.unknownOption":
      return `Write arguments for the jugfile after --; see jug help ${name ?? ""}`.trimEnd();
    default:
      return `See jug help ${name ?? ""}`.trimEnd();
  }
}

function listOf(commands: readonly Command[]): string {
  return `The subcommands are ${commands.map((command) => command.name).join(", ")} and help`;
}
