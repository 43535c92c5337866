/**
 * `TaskGenerators`: several functions that belong together.
 *
 * @module
 */
import { inspect } from "node:util";
import { JugError } from "../errors.ts";
import { requireKnownOptions } from "../known_options.ts";
import { qualifiedName } from "./names.ts";
import { makeGenerator } from "./task.ts";
import type { AnyFunction, GeneratorOf, TaskOptions } from "../types.ts";

/**
 * What `TaskGenerators` makes of an object of functions.
 *
 * @category Tasks
 */
export type GeneratorsOf<T extends Readonly<Record<string, AnyFunction>>> = {
  readonly [K in keyof T]: GeneratorOf<T[K]>;
};

/**
 * Makes each of an object's functions a TaskGenerator, as `TaskGenerator` does with one. The tasks are named
 * `module.group.function`, as in `primes.Steps.isPrime`.
 *
 * The functions are called without `this`. (A decorator on methods could not do the same: it cannot change a method's type.)
 *
 * @param group The name that they have in common.
 * @param functions The functions, by their names.
 * @param options A `version` of all of them.
 * @throws {JugError} where another function bears one of the names, or there is no such option.
 *
 * @example Usage
 * ```ts
 * import { TaskGenerators } from "jug";
 *
 * const { double, sum } = TaskGenerators("Steps", {
 *   double(n: number) {
 *     return 2 * n;
 *   },
 *   sum(ns: number[]) {
 *     return ns.reduce((a, b) => a + b, 0);
 *   },
 * });
 *
 * export const total = sum([1, 2, 3].map(double));
 * ```
 *
 * @category Tasks
 */
export function TaskGenerators<const T extends Readonly<Record<string, AnyFunction>>>(
  group: string,
  functions: T,
  options: Pick<TaskOptions, "version"> = {},
): GeneratorsOf<T> {
  requireKnownOptions("TaskGenerators", options, ["version"]);
  requireGroup(group);
  const made = Object.entries(functions).map(([name, fn]) => {
    const named = qualifiedName(TaskGenerators, "TaskGenerators", fn, { ...options, name }, `${group}.`);
    return [name, makeGenerator(fn, { ...named, fn })];
  });
  return Object.fromEntries(made);
}

function requireGroup(group: unknown): void {
  if (typeof group === "string" && group !== "") return;
  throw new JugError("usage", `TaskGenerators: the group is ${inspect(group)}`, {
    remedy: 'Give it a name, as in TaskGenerators("Steps", { … }): results are kept under it',
  });
}
