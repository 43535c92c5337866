/**
 * Checks the options that control how a function's tasks are run.
 *
 * @module
 */
import { isPlainObject } from "../value/kinds.ts";
import { refuseOption, requireKnownOptions } from "../known_options.ts";
import { LONGEST_WAIT_MS, MOST_OF_A_RESOURCE } from "../defaults.ts";
import type { RunOptions, TaskOptions } from "../types.ts";
import { requireSecretArguments } from "./secret.ts";

interface Rule {
  readonly isRight: (value: number) => boolean;
  readonly wanted: string;
}

const COUNT: Rule = { isRight: (value) => Number.isInteger(value) && value >= 0, wanted: "a whole number, at least 0" };
const WHOLE: Rule = { isRight: (value) => Number.isInteger(value) && value >= 1, wanted: "a whole number, at least 1" };
const AMOUNT: Rule = {
  isRight: (value) => WHOLE.isRight(value) && value <= MOST_OF_A_RESOURCE,
  wanted: `a whole number from 1 to ${MOST_OF_A_RESOURCE}; count in larger units if you need more`,
};
const NUMBERS: Readonly<Record<Exclude<keyof RunOptions, "resources">, Rule>> = {
  timeout: {
    isRight: (value) => value > 0 && value <= LONGEST_WAIT_MS,
    wanted: `a number of milliseconds above 0, up to ${LONGEST_WAIT_MS} (24 days), or leave it out for no limit`,
  },
  retries: COUNT,
  backoff: {
    isRight: (value) => value >= 0 && value <= LONGEST_WAIT_MS,
    wanted: `a number of milliseconds from 0 to ${LONGEST_WAIT_MS} (24 days)`,
  },
  duration: {
    isRight: (value) => value > 0 && value <= LONGEST_WAIT_MS,
    wanted: `a number of milliseconds above 0, up to ${LONGEST_WAIT_MS} (24 days)`,
  },
  concurrency: WHOLE,
  rate: {
    isRight: (value) => value > 0 && 1000 / value <= LONGEST_WAIT_MS,
    wanted: "a number of tasks per second, above 0 and at least one in 24 days",
  },
};
const NAMES = ["name", "version", "secretArguments", ...Object.keys(NUMBERS), "resources"];

/**
 * Returns the run options among `options`, or `undefined` if there are none. The name and version are checked by
 * `qualifiedName`, not here.
 *
 * @throws {JugError} of kind "usage" if an option is unknown or a value is invalid.
 */
export function runOptions(owner: string, options: TaskOptions): RunOptions | undefined {
  requireKnownOptions(owner, options, NAMES);
  const { name: _name, version: _version, secretArguments, ...run } = options;
  requireSecretArguments(owner, secretArguments);
  const { resources, ...numbers } = run;
  const given = new Map<string, unknown>(Object.entries(numbers));
  for (const [key, rule] of Object.entries(NUMBERS)) {
    const value = given.get(key);
    if (value !== undefined) requireNumber(owner, key, value, rule);
  }
  if (resources !== undefined) requireResources(owner, resources);
  return Object.values(run).some((value) => value !== undefined) ? run : undefined;
}

function requireResources(owner: string, resources: unknown): void {
  if (typeof resources !== "object" || resources === null || !isPlainObject(resources)) {
    refuseOption(owner, "resources", resources, "an object such as { gpu: 1 }");
  }
  for (const [key, amount] of Object.entries(resources)) requireNumber(owner, `resources.${key}`, amount, AMOUNT);
}

function requireNumber(owner: string, key: string, value: unknown, { isRight, wanted }: Rule): void {
  if (typeof value !== "number" || !Number.isFinite(value) || !isRight(value)) refuseOption(owner, key, value, wanted);
}
