/**
 * `TaskGenerators`: TaskGenerators for a group of functions.
 *
 * @module
 */
import { inspect } from "node:util";
import { JugError } from "../errors.ts";
import { requireKnownOptions } from "../known_options.ts";
import { qualifiedName } from "./names.ts";
import { requireSecretArguments } from "./secret.ts";
import { makeGenerator } from "./task.ts";
import type { AnyFunction, GeneratorOf, TaskOptions } from "../types.ts";

/**
 * The type that `TaskGenerators` returns: each function of the object `T` becomes a TaskGenerator.
 *
 * @category Tasks
 */
export type GeneratorsOf<T extends Readonly<Record<string, AnyFunction>>> = {
  readonly [K in keyof T]: GeneratorOf<T[K]>;
};

/**
 * Returns a TaskGenerator for each function of an object, as `TaskGenerator` does for one function. The tasks are named
 * `module.group.function`, as in `primes.Steps.isPrime`.
 *
 * The functions are called without `this`. (There is no decorator for methods: a decorator cannot change a method's
 * type.)
 *
 * @param group The name of the group, not empty.
 * @param functions The functions by their names.
 * @param options `version`: a part of the hashes of all tasks of the group (default: none). `secretArguments`: which
 * arguments jug must neither store nor print, for all functions of the group, as for `TaskGenerator` (default: none).
 * @throws {JugError} of kind "usage" if `group` is not a name, a member is not a function that a task can call, another
 * function of this module has one of the names, or there is no such option.
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
  options: Pick<TaskOptions, "version" | "secretArguments"> = {},
): GeneratorsOf<T> {
  requireKnownOptions("TaskGenerators", options, ["version", "secretArguments"]);
  const { secretArguments } = options;
  requireSecretArguments("TaskGenerators", secretArguments);
  requireGroup(group);
  const made = Object.entries(functions).map(([name, fn]) => {
    const named = qualifiedName(TaskGenerators, "TaskGenerators", fn, { ...options, name }, `${group}.`);
    return [name, makeGenerator(fn, { ...named, fn, secretArguments })];
  });
  return Object.fromEntries(made);
}

function requireGroup(group: unknown): void {
  if (typeof group === "string" && group !== "") return;
  throw new JugError("usage", `TaskGenerators: the group is ${inspect(group)}, not a name`, {
    remedy: 'Pass a name, as in TaskGenerators("Steps", { … }): results are stored under it',
  });
}
