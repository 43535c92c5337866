/**
 * Reads single options out of what the parser found, and refuses bad ones by name.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { OptionValues } from "./command.ts";

/** Whether the option was given. */
export function flagOption(values: OptionValues, key: string): boolean {
  return values[key] === true;
}

/** The option's text, if it was given. */
export function textOption(values: OptionValues, key: string): string | undefined {
  const value = values[key];
  return typeof value === "string" ? value : undefined;
}

/** What a number has to satisfy. */
export interface NumberRule {
  /** The option as the user writes it, for the message. */
  readonly flag: string;
  readonly fallback: number;
  /** Whether fractions are refused. */
  readonly whole?: boolean;
  /** The smallest number allowed. */
  readonly min?: number;
  /** The number has to be greater than this. */
  readonly above?: number;
  /** What else the option takes, for the message. */
  readonly or?: string;
}

/**
 * The option's number, or the fallback.
 *
 * @throws {JugError} of kind "usage" where the text is no such number.
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
