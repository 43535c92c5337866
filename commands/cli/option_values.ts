/**
 * Reads single options from the parser's values, and refuses bad values with an error that names the option.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { OptionValues } from "./command.ts";

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
export interface NumberRule {
  /** The option as users write it, for the message. */
  readonly flag: string;
  /** The number if the option was not given. */
  readonly fallback: number;
  /** Whether fractions are refused. */
  readonly whole?: boolean;
  /** The smallest number allowed. */
  readonly min?: number;
  /** The number must be greater than this. */
  readonly above?: number;
  /** What the option accepts apart from numbers, for the message. */
  readonly or?: string;
}

/**
 * Returns the option's number, or the fallback if the option was not given.
 *
 * @throws {JugError} of kind "usage" if the text is not a number that meets `rule`.
 */
export function numberOption(text: string | undefined, rule: NumberRule): number {
  if (text === undefined) return rule.fallback;
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  const valid = Number.isFinite(number) && (rule.whole !== true || Number.isSafeInteger(number)) &&
    (rule.min === undefined || number >= rule.min) && (rule.above === undefined || number > rule.above);
  if (valid) return number;
  throw new JugError("usage", `option '${rule.flag}' cannot be ${JSON.stringify(text)}`, { remedy: wanted(rule) });
}

function wanted(rule: NumberRule): string {
  const kind = rule.whole === true ? "a whole number" : "a number";
  const limit = rule.above === undefined ? `${rule.min ?? 0} or more` : `more than ${rule.above}`;
  return `Give ${kind}, ${limit}${rule.or === undefined ? "" : `, or ${rule.or}`}`;
}
