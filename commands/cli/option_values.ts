/**
 * Reads single options from the parser's values, and refuses bad values with an error that names the option.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { OptionValues } from "./command.ts";
import {
  type ChoiceValue,
  type ListsValue,
  namesOf,
  type NumberValue,
  type OptionDeclaration,
  ruleOf,
  type ValueRule,
} from "./declaration.ts";

/** Whether the option was given. */
export function flagOption(values: OptionValues, key: string): boolean {
  return values[key] === true;
}

/** Returns the option's text, if it was given. */
export function textOption(values: OptionValues, key: string): string | undefined {
  const value = values[key];
  return typeof value === "string" ? value : undefined;
}

/** The conditions that a number must meet. */
export interface NumberRule extends Omit<NumberValue, "kind" | "words"> {
  /** The option as users write it, for the message. */
  readonly flag: string;
  /** The number if the option was not given. */
  readonly fallback: number;
  /** What the option accepts apart from numbers, for the message. */
  readonly or?: string;
}

/**
 * Returns the option's number, or the fallback if the option was not given.
 *
 * @throws {JugError} of kind "usage" if the text is not a number that meets `rule`.
 */
export function numberOption(text: string | undefined, { flag, or, fallback, ...rule }: NumberRule): number {
  if (text === undefined) return fallback;
  return numberIn(text, { ...rule, kind: "number", ...or === undefined ? {} : { words: [or] } }, `option '${flag}'`);
}

/** A declaration of an option that takes a number. */
export type NumberDeclaration = OptionDeclaration & { readonly value: NumberValue };

/**
 * Returns the number of a declared option, or its fallback if it was not given.
 *
 * @throws {JugError} of kind "usage" if the text is not a number that the option takes.
 */
export function numberOf(
  values: OptionValues,
  declaration: NumberDeclaration & { readonly value: { readonly fallback: number } },
): number;
/** Returns `undefined` if the option was not given and has no fallback. */
export function numberOf(values: OptionValues, declaration: NumberDeclaration): number | undefined;
export function numberOf(values: OptionValues, declaration: NumberDeclaration): number | undefined {
  const { key, flag } = namesOf(declaration);
  const text = textOption(values, key);
  return text === undefined ? declaration.value.fallback : numberIn(text, declaration.value, `option '${flag}'`);
}

function numberIn(text: string, rule: NumberValue, subject: string): number {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (meets(number, rule)) return number;
  throw refusal(subject, JSON.stringify(text), rule);
}

function meets(number: number, { whole = false, min, above, max }: NumberValue): boolean {
  return Number.isFinite(number) && (!whole || Number.isSafeInteger(number)) &&
    (min === undefined || number >= min) && (above === undefined || number > above) &&
    (max === undefined || number <= max);
}

/** Returns the choice that `text` means; `undefined` if it means none. Case does not matter. */
export function choiceOf(text: string, { choices, synonyms = {} }: ChoiceValue): string | undefined {
  const word = text.toLowerCase();
  return choices.find((choice) => choice === (synonyms[word] ?? word));
}

/** Returns the sentence that says what an option takes: `Give a whole number, 1 or more, or auto`. */
export function wanted(rule: ValueRule | undefined): string {
  switch (rule?.kind) {
    case undefined:
      return "Give true or false";
    case "text":
      return "Give a text in quotes";
    case "choice":
      return `Give one of ${rule.choices.join(", ")}`;
    case "lists":
      return 'Give lists of texts by their names, as in {"gpu": ["--gres", "gpu:1"]}';
    case "number": {
      const kind = rule.whole === true ? "a whole number" : "a number";
      return [`Give ${kind}, ${limitOf(rule)}`, ...rule.words ?? []].join(", or ");
    }
  }
}

function limitOf({ min = 0, above, max }: NumberValue): string {
  if (above !== undefined) return `more than ${above}${max === undefined ? "" : `, at most ${max}`}`;
  return max === undefined ? `${min} or more` : `${min} to ${max}`;
}

function refusal(subject: string, shown: string, rule: ValueRule | undefined): JugError {
  return new JugError("usage", `${subject} cannot be ${shown}`, { remedy: wanted(rule) });
}

/**
 * Checks a value of a configuration file and returns it in the form of the parser's values: `true` or `false` for an
 * option without a value, otherwise a text.
 *
 * @param subject The beginning of a message about it: `"workers" in jug.json`
 * @throws {JugError} of kind "usage" if the option does not take the value
 */
export function valueFromFile(declaration: OptionDeclaration, value: unknown, subject: string): string | boolean {
  const rule = ruleOf(declaration);
  const shown = JSON.stringify(value) ?? String(value);
  switch (rule?.kind) {
    case undefined:
      if (typeof value === "boolean") return value;
      throw refusal(subject, shown, rule);
    case "number":
      if (typeof value === "string" && rule.words?.includes(value)) return value;
      if (typeof value !== "number" || !meets(value, rule)) throw refusal(subject, shown, rule);
      return decimal(value);
    case "choice": {
      const choice = rule.choices.find((each) => each === value);
      if (choice === undefined) throw refusal(subject, shown, rule);
      return choice;
    }
    case "text":
      if (typeof value !== "string") throw refusal(subject, shown, rule);
      rule.check?.(value, subject);
      return value;
    case "lists":
      if (!areLists(value)) throw refusal(subject, shown, rule);
      return JSON.stringify(value);
  }
}

/** Named lists of texts. */
export type Lists = Readonly<Record<string, readonly string[]>>;

/** A declaration of an option that takes named lists. */
export type ListsDeclaration = OptionDeclaration & { readonly value: ListsValue };

/**
 * Returns the lists of a declared option; none if it was not given.
 *
 * @throws {JugError} of kind "usage" if the text is not JSON of this form.
 */
export function listsOf(values: OptionValues, declaration: ListsDeclaration): Lists {
  const { key, flag } = namesOf(declaration);
  const text = textOption(values, key);
  if (text === undefined) return {};
  let lists: unknown;
  try {
    lists = JSON.parse(text);
  } catch {
    // Refused below.
  }
  if (areLists(lists)) return lists;
  throw refusal(`option '${flag}'`, JSON.stringify(text), declaration.value);
}

function areLists(value: unknown): value is Lists {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((list: unknown) =>
    Array.isArray(list) && list.every((item) => typeof item === "string")
  );
}

/** Writes a number as it is written on the command line, without an exponent. */
function decimal(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toLocaleString("en-US", { useGrouping: false, maximumFractionDigits: 20 }) : text;
}
