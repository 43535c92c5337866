/**
 * Calls by `Array.prototype.map` and its like, which pass (item, index, array) to what takes an item.
 *
 * @module
 */
import { JugError } from "../errors.ts";
import type { TaskDefinition } from "../session/session.ts";
import type { AnyFunction } from "../types.ts";

/**
 * The arguments that count: the item alone where `callee` was called by `Array.prototype.map` and its like.
 *
 * @throws {JugError} where the function takes more than the item.
 */
export function givenArguments(
  definition: TaskDefinition,
  args: readonly unknown[],
  callee: AnyFunction,
): readonly unknown[] {
  return isMapCall(args, callee) ? [onlyItem(definition, args)] : args;
}

/** Whether the arguments are what `Array.prototype.map` and its like pass: (item, index) or (item, index, array). */
function isMapCall(args: readonly unknown[], callee: AnyFunction): boolean {
  if (args.length !== 2 && args.length !== 3 || !Number.isInteger(args[1])) return false;
  // Reading the stack costs 10 µs, so what is plainly no such call is sorted out first.
  if (args.length === 3 && !(Array.isArray(args[2]) || ArrayBuffer.isView(args[2]))) return false;
  return isCalledByRuntime(callee);
}

/**
 * Whether no code called `callee`, but a built-in function or, as `Array.fromAsync` does, the runtime itself. V8 has no file for
 * a built-in, whatever class its `this` is of, and no frame at all for what the runtime calls.
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
      { remedy: "Say what each argument is: items.map((item) => f(item, …))" },
    );
  }
  return args[0];
}
