/**
 * The options that say how a function's tasks are run.
 *
 * @module
 */
import { JugError } from "./errors.ts";
import type { RunOptions, TaskOptions } from "./types.ts";

interface Rule {
  readonly isRight: (value: number) => boolean;
  readonly wanted: string;
}

const POSITIVE: Rule = { isRight: (value) => value > 0, wanted: "a number above 0" };
const COUNT: Rule = { isRight: (value) => Number.isInteger(value) && value >= 0, wanted: "a whole number from 0 on" };
const WHOLE: Rule = { isRight: (value) => Number.isInteger(value) && value >= 1, wanted: "a whole number from 1 on" };
const RULES: Readonly<Record<Exclude<keyof RunOptions, "resources">, Rule>> = {
  timeout: POSITIVE,
  retries: COUNT,
  backoff: { isRight: (value) => value >= 0, wanted: "a number from 0 on" },
  concurrency: WHOLE,
  rate: POSITIVE,
};

/**
 * What `options` say of running tasks; `undefined` where they say nothing.
 *
 * @throws {JugError} where one of them is no sensible number.
 */
export function runOptions(name: string, options: TaskOptions): RunOptions | undefined {
  const { name: _name, version: _version, ...rest } = options;
  const given = Object.entries(rest).filter(([, value]) => value !== undefined);
  if (given.length === 0) return undefined;
  for (const [key, value] of given) {
    if (key === "resources") requireResources(name, value);
    else requireNumber(name, key, value, Reflect.get(RULES, key));
  }
  return rest;
}

function requireResources(name: string, value: unknown): void {
  if (typeof value !== "object" || value === null) refuse(name, "resources", value, "an object such as { gpu: 1 }");
  for (const [key, amount] of Object.entries(value)) requireNumber(name, `resources.${key}`, amount, WHOLE);
}

function requireNumber(name: string, key: string, value: unknown, rule: Rule | undefined): void {
  if (rule === undefined) {
    throw new JugError("usage", `${name}: there is no option ${JSON.stringify(key)}`, {
      remedy: "The options are name, version, timeout, retries, backoff, concurrency, rate and resources",
    });
  }
  if (typeof value !== "number" || !Number.isFinite(value) || !rule.isRight(value)) {
    refuse(name, key, value, rule.wanted);
  }
}

function refuse(name: string, key: string, value: unknown, wanted: string): never {
  throw new JugError("usage", `${name}: option ${key} is ${Deno.inspect(value)}`, { remedy: `Give it ${wanted}` });
}
