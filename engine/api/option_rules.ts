/**
 * What a program may pass as options: checked before anything begins, since a thread that was given nonsense can only hang.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import { requireKnownOptions } from "../../core/known_options.ts";
import { taskPattern } from "../../core/pattern.ts";

/** What an option takes. */
export interface OptionRule {
  /** For the message, as in "a whole number, 1 or more". */
  readonly wanted: string;
  accepts(value: unknown): boolean;
}

/** A rule for each option of `Options`: one that is added without a rule does not compile. */
export type OptionRules<Options extends object> = Readonly<Record<keyof Options & string, OptionRule>>;

/** Timers, and counts that threads share, take no more than this. */
const MOST = 2 ** 31 - 1;

/** A whole number from `min` on. */
export function wholeNumber(min: number): OptionRule {
  return {
    wanted: `a whole number, ${min} or more`,
    accepts: (value) => typeof value === "number" && Number.isInteger(value) && value >= min && value <= MOST,
  };
}

/** How long something holds. */
export const duration: OptionRule = {
  wanted: "a number of milliseconds, more than 0",
  accepts: (value) => typeof value === "number" && value > 0 && value <= MOST,
};

/** How long to wait at most, which may be not at all, or for ever. */
export const patience: OptionRule = {
  wanted: "a number of milliseconds, 0 or more, or Infinity",
  accepts: (value) => typeof value === "number" && value >= 0,
};

/** Yes or no. */
export const flag: OptionRule = { wanted: "true or false", accepts: (value) => typeof value === "boolean" };

/** Any string. */
export const text: OptionRule = { wanted: "a string", accepts: (value) => typeof value === "string" };

/** A list of strings. */
export const texts: OptionRule = {
  wanted: "a list of strings",
  accepts: (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
};

/** Something to call. */
export const callback: OptionRule = { wanted: "a function", accepts: (value) => typeof value === "function" };

/** A signal that ends something. */
export const abortSignal: OptionRule = {
  wanted: "an AbortSignal",
  accepts: (value) => value instanceof AbortSignal,
};

/** Which tasks are meant. */
export const target: OptionRule = {
  wanted: "a task's name (primes.isPrime or isPrime) or a valid regular expression (/^primes/), as a string",
  accepts: (value) => typeof value === "string" && isPattern(value),
};

function isPattern(value: string): boolean {
  try {
    taskPattern(value);
    return true;
  } catch {
    return false; // the message says what is wanted
  }
}

/**
 * Refuses options that `callee` does not know, or that hold what they cannot. One that is `undefined` counts as left out.
 *
 * @throws {JugError} of kind "usage", naming the option.
 */
export function checkOptions<Options extends object>(
  callee: string,
  options: Options,
  rules: OptionRules<Options>,
): void {
  requireKnownOptions(callee, options, Object.keys(rules));
  const known = new Map<string, OptionRule>(Object.entries(rules));
  for (const [name, value] of Object.entries(options)) {
    const rule = known.get(name);
    if (rule === undefined || value === undefined || rule.accepts(value)) continue;
    const given = Deno.inspect(value, { depth: 1, strAbbreviateSize: 60 });
    throw new JugError("usage", `${callee}: option '${name}' cannot be ${given}`, { remedy: `Give ${rule.wanted}` });
  }
}
