/**
 * Recognizes calls by `Array.prototype.map` and similar functions, which pass (item, index, array).
 *
 * @module
 */
import { JugError } from "../errors.ts";
import type { TaskDefinition } from "../session/session.ts";
import type { AnyFunction } from "../types.ts";

/**
 * Returns the arguments of a call: only the item if `callee` was called by `Array.prototype.map` or a similar function,
 * otherwise `args`.
 *
 * @throws {JugError} of kind "usage" if `callee` was called so and the function requires more than one argument.
 */
export function givenArguments(
  definition: TaskDefinition,
  args: readonly unknown[],
  callee: AnyFunction,
): readonly unknown[] {
  return isMapCall(args, callee) ? [onlyItem(definition, args)] : args;
}

/**
 * Whether the call has the form of `Array.prototype.map` and similar functions: (item, index) or (item, index, array).
 */
function isMapCall(args: readonly unknown[], callee: AnyFunction): boolean {
  if (args.length !== 2 && args.length !== 3 || !Number.isInteger(args[1])) return false;
  // Reading the stack costs 10 µs, so exclude other calls by their arguments first.
  if (args.length === 3 && !(Array.isArray(args[2]) || ArrayBuffer.isView(args[2]))) return false;
  return isCalledByRuntime(callee);
}

/**
 * Whether `callee` was called by a built-in function or, as in `Array.fromAsync`, by the runtime itself. V8 reports no
 * file for a built-in function, for any class of `this`, and no frame at all for a call by the runtime.
 */
function isCalledByRuntime(callee: AnyFunction): boolean {
  const holder: { stack?: unknown } = {};
  const { prepareStackTrace, stackTraceLimit } = Error;
  Reflect.deleteProperty(Error, "prepareStackTrace");
  Error.stackTraceLimit = 1;
  try {
    Error.captureStackTrace(holder, callee);
    const frame = /^ +at (.*)$/m.exec(String(holder.stack))?.[1];
    return frame === undefined || frame.endsWith("(<anonymous>)");
  } finally {
    if (prepareStackTrace !== undefined) Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function onlyItem(definition: TaskDefinition, args: readonly unknown[]): unknown {
  if (definition.fn.length > 1) {
    throw new JugError(
      "usage",
      `${definition.name} takes ${definition.fn.length} arguments, but map passes it the item and its index`,
      { remedy: "Write out the arguments: items.map((item) => f(item, …))" },
    );
  }
  return args[0];
}
