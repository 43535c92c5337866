/**
 * The mappers and reducers that mapreduce accepts: plain named functions and TaskGenerators.
 *
 * @module
 */
import { isGenerator } from "../brand.ts";
import { JugError } from "../errors.ts";
import { formatArguments } from "../format.ts";
import { claimName, qualifiedName } from "../declare/names.ts";
import { secretArgumentsOf } from "../declare/secret.ts";
import { currentSession, type TaskDefinition } from "../session/session.ts";
import type { AnyFunction } from "../types.ts";

/**
 * Returns the function of a mapper or reducer, with its name and version. A plain function gets the name that a
 * TaskGenerator made from it would have, and no version.
 *
 * @param maker The public function that was called, to find the user's module.
 * @param makerName Its name, for messages.
 * @throws {JugError} of kind "usage" if `callee` is not a function or has no name, or if another function owns the
 * name.
 */
export function calleeOf(callee: unknown, maker: AnyFunction, makerName: string): TaskDefinition {
  if (isGenerator(callee)) {
    const fn = "f" in callee ? callee.f : undefined;
    const { taskName: name, version } = callee;
    if (isFunction(fn)) return { name, version, fn, secretArguments: secretArgumentsOf(callee) };
  }
  const { name } = qualifiedName(maker, makerName, callee, {});
  if (!isFunction(callee)) throw new TypeError(`${name} is not a function`);
  claimName(currentSession(), name, callee);
  return { name, version: undefined, fn: callee };
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === "function";
}

/** Calls the function of a definition. */
export function call({ fn }: TaskDefinition, args: readonly unknown[]): unknown {
  return Reflect.apply(fn, undefined, args);
}

/**
 * Returns `input` as the arguments of one call.
 *
 * @param label The beginning of the message.
 * @param place The name of the input in the message.
 * @throws {JugError} of kind "usage" if `input` is not an array.
 */
export function requireArguments(label: string, input: unknown, place: string): readonly unknown[] {
  if (Array.isArray(input)) return input;
  throw new JugError(
    "usage",
    `${label}: ${place} is ${formatArguments([input], 60)}, not a list of arguments`,
    {
      remedy: "Give each input as a list, such as [[2, 3], [2, 4]], or use mapreduce.map for a mapper of one argument",
    },
  );
}

/**
 * Returns `step`, the number of calls in one task, after checking it.
 *
 * @throws {JugError} of kind "usage" if `step` is not a whole number or is less than `least`.
 */
export function requireStep(name: string, step: number, least: number): number {
  if (Number.isInteger(step) && step >= least) return step;
  throw new JugError("usage", `${name} is ${step}, but must be a whole number, at least ${least}`, {
    remedy: `Leave it out, or pass a number such as { ${name}: ${Math.max(least, 8)} }`,
  });
}
