/**
 * Parses a command line.
 *
 * @module
 */
import { Command as Parser, CommanderError, InvalidArgumentError, Option } from "npm:commander@14";
import { JugError } from "../../core/errors.ts";
import type { Command, OperandDeclaration, OptionDeclaration, OptionValues } from "./command.ts";
import { optionsOf } from "./common_options.ts";
import { type ChoiceValue, namesOf, ruleOf } from "./declaration.ts";
import { OLD_OPTIONS, type OldOption } from "./old_options.ts";
import { choiceOf } from "./option_values.ts";
import { subcommandFor } from "./synonyms.ts";
import { DEFAULT_JUGFILE, type SplitWords, splitWords } from "./jugfile_operand.ts";
import { exampleText, type HelpArea, helpLayout, helpWidth, PLAIN_HELP } from "../display/help_layout.ts";

/** A subcommand with its words and options, which are not checked yet. */
export interface ParsedLine {
  readonly kind: "run";
  readonly command: Command;
  readonly jugfile: string;
  /** The words of the subcommand itself. */
  readonly operands: readonly string[];
  /** The arguments for the jugfile. */
  readonly args: readonly string[];
  /** The words after `--`, if they are the subcommand's own. */
  readonly rest: readonly string[];
  /** The options that were given. */
  readonly values: OptionValues;
  /** The keys of options for which settings of files are ignored: `--no-workers`. */
  readonly undone: ReadonlySet<string>;
  /** Whether configuration files are read. */
  readonly readsFiles: boolean;
  /** Messages about options that are accepted but have no effect. */
  readonly notes: readonly string[];
}

/** A text that the user asked for: help, or the version. */
export interface Shown {
  readonly kind: "shown";
  readonly text: string;
}

/**
 * Parses `args`: `SUBCOMMAND [JUGFILE [ARGUMENT...]] [OPTIONS] [-- ARGUMENTS]`.
 *
 * The options are checked when the subcommand is prepared (invocation.ts).
 *
 * @throws {JugError} of kind "usage" if `args` cannot be parsed. It suggests the nearest match, if there is one.
 */
export function parseCommandLine(
  args: readonly string[],
  commands: readonly Command[],
  version: string,
  area: HelpArea = PLAIN_HELP,
): ParsedLine | Shown {
  const split = args.indexOf("--");
  const words = split < 0 ? args : args.slice(0, split);
  const before = askForHelp(words, commands);
  const after = split < 0 ? [] : args.slice(split + 1);

  let text = "";
  let found: ParsedLine | undefined;
  const parser = newParser(version, area, (shown) => text += shown);
  for (const command of commands) {
    addSubcommand(parser, command, area, (words, given) => {
      const { jugfile, operands, args = [] } = splitCommand(command, words);
      const second = after.indexOf("--");
      const rest = command.takesRest === undefined ? [] : second < 0 ? after : after.slice(0, second);
      const forJugfile = command.takesRest === undefined ? after : second < 0 ? [] : after.slice(second + 1);
      const { values, undone } = withoutUndone(command, given);
      found = {
        kind: "run",
        command,
        jugfile,
        operands,
        args: [...command.operands === undefined ? operands : args, ...forJugfile],
        rest,
        values,
        undone,
        readsFiles: command.hasSettings !== false && given["config"] !== false,
        notes: notesOf(command, given),
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
  return found ?? { kind: "shown", text };
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
  const addJugfile = () =>
    sub.argument("[jugfile]", `the module that declares the tasks (default: ${DEFAULT_JUGFILE})`);
  if (command.operandsFirst) {
    const names = (command.operands ?? []).map(operandTerm).join(" ");
    sub.usage(`${names} [JUGFILE [ARGUMENT...]] [OPTIONS] [-- ${command.takesRest ?? "ARGUMENTS"}]`);
    for (const { name, description } of command.operands ?? []) sub.argument(`[${name}]`, description);
    addJugfile().argument(
      "[arguments...]",
      "arguments for the jugfile; those that begin with a dash go after a second --",
    );
  } else if (command.operands === undefined) {
    if (hasJugfile) addJugfile();
    sub.usage("[JUGFILE [ARGUMENT...]] [OPTIONS] [-- ARGUMENTS]");
    sub.argument(
      "[arguments...]",
      "arguments for the jugfile, which finds them in `args`; those that begin with a dash go after --",
    );
  } else {
    if (hasJugfile) addJugfile();
    const names = command.operands.map(operandTerm).join(" ");
    sub.usage(hasJugfile ? `[JUGFILE] ${names} [OPTIONS] [-- ARGUMENTS]` : `${names} [OPTIONS]`);
    for (const { name, description } of command.operands) sub.argument(`[${name}]`, description);
  }
  const declared = optionsOf(command);
  for (const declaration of declared) sub.addOption(newOption(declaration));
  for (const declaration of declared) {
    const undo = undoingFlag(declaration);
    if (undo !== undefined) sub.addOption(new Option(undo).hideHelp());
  }
  for (const { flags } of oldOptionsOf(command)) sub.addOption(new Option(flags).hideHelp());
  sub.addHelpText("after", exampleText(command.examples ?? [], area));
  sub.action(() => found(sub.args, givenIn(sub)));
}

/** Returns the options that the command line contains. */
function givenIn(command: Parser): OptionValues {
  return Object.fromEntries(
    Object.entries(command.opts()).filter(([key]) => command.getOptionValueSource(key) === "cli"),
  );
}

/** Returns the option that ignores what files say about another one: `--no-workers`, `--check-environment`. */
function undoingFlag(declaration: OptionDeclaration): string | undefined {
  const { long, isNegated } = namesOf(declaration);
  if (long === undefined || declaration.notInFiles !== undefined) return undefined;
  return isNegated ? `--${long.slice(3)}` : `--no-${long}`;
}

/** Separates options such as `--no-workers` from the others. Without a file they mean the default. */
function withoutUndone(command: Command, given: OptionValues): Pick<ParsedLine, "values" | "undone"> {
  const undoes = new Map(
    optionsOf(command).map((declaration) => {
      const { key, isNegated } = namesOf(declaration);
      return [key, isNegated];
    }),
  );
  const undone = new Set(Object.keys(given).filter((key) => given[key] === undoes.get(key)));
  return { values: Object.fromEntries(Object.entries(given).filter(([key]) => !undone.has(key))), undone };
}

function oldOptionsOf({ name, hasJugfile = true }: Command): readonly OldOption[] {
  return OLD_OPTIONS.filter(({ command }) => command === undefined ? hasJugfile : command === name);
}

function notesOf(command: Command, values: OptionValues): string[] {
  return oldOptionsOf(command).filter(({ flags }) => values[new Option(flags).attributeName()] !== undefined)
    .map(({ flags, note }) => `${flags.split(" ", 1)[0]} has no effect: ${note}`);
}

/** Splits the words of a subcommand. If it has no operands of its own, the first word is the jugfile. */
function splitCommand(command: Command, words: readonly string[]): SplitWords {
  const { hasJugfile, operands = [], isForJugfile, operandsFirst, split } = command;
  if (hasJugfile === false) return { jugfile: DEFAULT_JUGFILE, operands: words };
  if (operandsFirst) {
    const [jugfile = DEFAULT_JUGFILE, ...args] = words.slice(operands.length);
    return { jugfile, operands: words.slice(0, operands.length), args };
  }
  return split?.(words) ?? splitWords(words, { count: operands.length, isForJugfile });
}

function operandTerm({ name, isOptional }: OperandDeclaration): string {
  return isOptional ? `[${name.toUpperCase()}]` : name.toUpperCase();
}

function newOption(declaration: OptionDeclaration): Option {
  const rule = ruleOf(declaration);
  const fallback = rule?.fallback === undefined ? "" : ` (default: ${rule.fallback})`;
  const option = new Option(declaration.flags, declaration.description + fallback);
  if (declaration.conflicts) option.conflicts([...declaration.conflicts]);
  if (rule?.kind === "choice") option.argParser((text) => requireChoice(text, rule));
  return option;
}

function requireChoice(text: string, rule: ChoiceValue): string {
  const choice = choiceOf(text, rule);
  if (choice === undefined) throw new InvalidArgumentError(`Allowed choices are ${rule.choices.join(", ")}.`);
  return choice;
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
