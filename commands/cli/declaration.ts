/**
 * Declares the options and operands of subcommands. The parser, the help, the checks of values, configuration files,
 * their JSON schema, and completion in shells are all made from these declarations.
 *
 * @module
 */

/** An option of a subcommand. */
export interface OptionDeclaration {
  /** The syntax of the parser (commander): `-j, --workers <n>`. The last name is the one that messages and files use. */
  readonly flags: string;
  readonly description: string;
  /** What follows the option. Default: any text if `flags` names a value, otherwise nothing. */
  readonly value?: ValueRule;
  /** The options (in camel case) that this one cannot be combined with. */
  readonly conflicts?: readonly string[];
  /** The options (in camel case) with which a setting of a file is left out; the command line is not restricted. */
  readonly yieldsTo?: readonly string[];
  /** The option (in camel case) without which this one has no effect. A file may contain it nevertheless. */
  readonly onlyWith?: string;
  /** Why a configuration file cannot contain the option; missing if it can. */
  readonly notInFiles?: string;
  /** Whether a run that differs in this option from the runs before is worth a note. */
  readonly isLasting?: boolean;
}

/** What follows an option. */
export type ValueRule = NumberValue | ChoiceValue | TextValue | ListsValue;

/** A number. */
export interface NumberValue {
  readonly kind: "number";
  /** The number if the option is not given. */
  readonly fallback?: number;
  /** Whether fractions are refused. */
  readonly whole?: boolean;
  /** The smallest number allowed. */
  readonly min?: number;
  /** The number must be greater than this. */
  readonly above?: number;
  /** The largest number allowed. */
  readonly max?: number;
  /** What the option accepts apart from numbers. */
  readonly words?: readonly string[];
}

/** One of several words. */
export interface ChoiceValue {
  readonly kind: "choice";
  readonly choices: readonly string[];
  /** The word if the option is not given. */
  readonly fallback?: string;
  /** Further words on the command line, in lower case, and the choices that they mean. */
  readonly synonyms?: Readonly<Record<string, string>>;
}

/** A text of any form, or one that `check` accepts. */
export interface TextValue {
  readonly kind: "text";
  /** What applies if the option is not given, for people. */
  readonly fallback?: string;
  /** What the text names, for completion. */
  readonly names?: Named;
  /**
   * Checks the text.
   *
   * @param subject The beginning of a message about it: `option '--target'`
   * @throws {JugError} of kind "usage"
   */
  readonly check?: (text: string, subject: string) => unknown;
  /** Returns the text with relative paths, which are meant relative to `folder`, made independent of it. */
  readonly rebase?: (text: string, folder: string) => string;
}

/** Lists of texts by their names. On the command line, they are written as JSON. */
export interface ListsValue {
  readonly kind: "lists";
  /** What applies if the option is not given, for people. */
  readonly fallback?: string;
}

/** Things whose names can be completed. */
export type Named = "jugdir" | "task" | "file" | "folder" | "subcommand";

/** A word on the command line that belongs to the subcommand; it follows the jugfile, if there is one. */
export interface OperandDeclaration {
  readonly name: string;
  readonly isOptional?: boolean;
  readonly description: string;
  /** What the word names, for completion. */
  readonly names?: Named;
  /** The words that can be meant, for completion. */
  readonly choices?: readonly string[];
}

/** The names of an option. */
export interface OptionNames {
  /** The key of its value in the parser's values: `keepGoing`. */
  readonly key: string;
  /** The long name without dashes, as in files: `keep-going`, `no-check-environment`; `undefined` if there is none. */
  readonly long: string | undefined;
  /** The name for messages: `--keep-going`, or `-v` if there is no long one. */
  readonly flag: string;
  /** All names with their dashes. */
  readonly all: readonly string[];
  /** Whether the option sets its value to `false`: `--no-…`. */
  readonly isNegated: boolean;
  /** Whether a value follows. */
  readonly takesValue: boolean;
}

/** Returns the names that `flags` declares. */
export function namesOf({ flags }: Pick<OptionDeclaration, "flags">): OptionNames {
  const all = flags.split(/[ ,]+/).filter((word) => word.startsWith("-"));
  const long = all.findLast((word) => word.startsWith("--"))?.slice(2);
  const isNegated = long?.startsWith("no-") ?? false;
  const name = long === undefined ? all[0]?.slice(1) ?? "" : isNegated ? long.slice(3) : long;
  return {
    key: name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    long,
    flag: long === undefined ? `-${name}` : `--${long}`,
    all,
    isNegated,
    takesValue: flags.includes("<"),
  };
}

/** Returns what follows the option; `undefined` if nothing does. */
export function ruleOf(declaration: OptionDeclaration): ValueRule | undefined {
  return declaration.value ?? (namesOf(declaration).takesValue ? { kind: "text" } : undefined);
}
