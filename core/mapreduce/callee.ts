/**
 * What mapreduce calls: plain named functions and TaskGenerators alike.
 *
 * @module
 */
import { isGenerator } from "../brand.ts";
import { JugError } from "../errors.ts";
import { formatArguments } from "../format.ts";
import { claimName, qualifiedName } from "../declare/names.ts";
import { currentSession, type TaskDefinition } from "../session/session.ts";
import type { AnyFunction } from "../types.ts";

/**
 * The function behind a mapper or reducer, with the name and version it goes by. A plain function is taken as a TaskGenerator
 * of its name would be.
 *
 * @param maker The function of jug that was called, for messages and to find the module that called it.
 * @throws {JugError} where it is no function, has no name, or another function bears its name.
 */
export function calleeOf(callee: unknown, maker: AnyFunction, makerName: string): TaskDefinition {
  if (isGenerator(callee)) {
    const fn = "f" in callee ? callee.f : undefined;
    if (isFunction(fn)) return { name: callee.taskName, version: callee.version, fn };
  }
  const { name } = qualifiedName(maker, makerName, callee, {});
  if (!isFunction(callee)) throw new TypeError(`${name} is no function`);
  claimName(currentSession(), name, callee);
  return { name, version: undefined, fn: callee };
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === "function";
}

/** Calls it. */
export function call({ fn }: TaskDefinition, args: readonly unknown[]): unknown {
  return Reflect.apply(fn, undefined, args);
}

/**
 * `input` as the arguments of one call.
 *
 * @param label Opens the message.
 * @param place What the message calls it.
 * @throws {JugError} where it is no array.
 */
export function requireArguments(label: string, input: unknown, place: string): readonly unknown[] {
  if (Array.isArray(input)) return input;
  throw new JugError(
    "usage",
    `${label}: ${place} is ${formatArguments([input], 60)}, not the list of a call's arguments`,
    {
      remedy: "Give each input as a list, such as [[2, 3], [2, 4]], or use mapreduce.map for a mapper of one argument",
    },
  );
}

/**
 * Checks how many calls one task is to hold.
 *
 * @throws {JugError} where it is no whole number or too small.
 */
export function requireStep(name: string, step: number, least: number): number {
  if (Number.isInteger(step) && step >= least) return step;
  throw new JugError("usage", `${name} is ${step}, but must be a whole number from ${least} on`, {
    remedy: `Leave it out, or pass a number such as { ${name}: ${Math.max(least, 8)} }`,
  });
}
