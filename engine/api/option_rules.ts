/**
 * Checks the options that a program passes, before anything begins: a thread that gets a wrong value may hang.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import { requireKnownOptions } from "../../core/known_options.ts";
import { taskPattern } from "../../core/pattern.ts";

/** Describes the values that an option accepts. */
export interface OptionRule {
  /** For the message, as in "a whole number, 1 or more". */
  readonly wanted: string;
  accepts(value: unknown): boolean;
}

/** A rule for each option of `Options`. An option that is added without a rule does not compile. */
export type OptionRules<Options extends object> = Readonly<Record<keyof Options & string, OptionRule>>;

/** The largest value of timers, and of counts that threads share: both are 32-bit integers. */
const MOST = 2 ** 31 - 1;

/** A whole number, `min` or more. */
export function wholeNumber(min: number): OptionRule {
  return {
    wanted: `a whole number, ${min} or more`,
    accepts: (value) => typeof value === "number" && Number.isInteger(value) && value >= min && value <= MOST,
  };
}

/** How long something lasts. */
export const duration: OptionRule = {
  wanted: "a number of milliseconds, more than 0",
  accepts: (value) => typeof value === "number" && value > 0 && value <= MOST,
};

/** How long to wait at most; may be 0 or Infinity. */
export const patience: OptionRule = {
  wanted: "a number of milliseconds, 0 or more, or Infinity",
  accepts: (value) => typeof value === "number" && value >= 0,
};

/** A point in time. */
export const date: OptionRule = {
  wanted: "a valid Date",
  accepts: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
};

/** `true` or `false`. */
export const flag: OptionRule = { wanted: "true or false", accepts: (value) => typeof value === "boolean" };

/** Any string. */
export const text: OptionRule = { wanted: "a string", accepts: (value) => typeof value === "string" };

/** A list of strings. */
export const texts: OptionRule = {
  wanted: "a list of strings",
  accepts: (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
};

/** A function. */
export const callback: OptionRule = { wanted: "a function", accepts: (value) => typeof value === "function" };

/** A signal that ends something. */
export const abortSignal: OptionRule = {
  wanted: "an AbortSignal",
  accepts: (value) => value instanceof AbortSignal,
};

/** A pattern of task names. */
export const target: OptionRule = {
  wanted: "a task's name (primes.isPrime or isPrime) or a valid regular expression (/^primes/), as a string",
  accepts: (value) => typeof value === "string" && isPattern(value),
};

function isPattern(value: string): boolean {
  try {
    taskPattern(value);
    return true;
  } catch {
    return false; // the message describes what is accepted
  }
}

/**
 * Refuses options that `callee` does not know, and values that an option does not accept. `undefined` counts as left
 * out.
 *
 * @throws {JugError} of kind "usage", which names the option.
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
