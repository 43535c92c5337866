/**
 * Recognizes calls by `Array.prototype.map` and similar functions, which pass (item, index, array).
 *
 * @module
 */
import { JugError } from "../errors.ts";
import type { TaskDefinition } from "../session/session.ts";
import type { AnyFunction } from "../types.ts";

/** Tells calls by `Array.prototype.map` and similar functions from others, for one generator. */
export class MapCalls {
  readonly #definition: TaskDefinition;
  /** How many calls by functions such as `Array.from` may follow with this index: one for each list of theirs. */
  readonly #expected = new Map<number, number>();

  constructor(definition: TaskDefinition) {
    this.#definition = definition;
  }

  /**
   * Returns the arguments of a call: only the item if `callee` was called by `Array.prototype.map` or a similar function,
   * otherwise `args`.
   *
   * @throws {JugError} of kind "usage" if `callee` was called so and the function requires more than one argument.
   */
  given(args: readonly unknown[], callee: AnyFunction): readonly unknown[] {
    return this.#isMapCall(args, callee) ? [onlyItem(this.#definition, args)] : args;
  }

  /**
   * Whether the call has the form of `Array.prototype.map` and similar functions, (item, index) or (item, index, array),
   * and was made by such a function. Reading the stack takes up to 70 µs, so other calls are excluded first by their
   * arguments: the item is in the array, and indices without an array count from 0.
   */
  #isMapCall(args: readonly unknown[], callee: AnyFunction): boolean {
    const [item, index, list] = args;
    if (typeof index !== "number" || !Number.isInteger(index)) return false;
    if (args.length === 3) return isItemOf(list, index, item) && isCalledByRuntime(callee);
    if (args.length !== 2) return false;
    const expected = index === 0 ? Infinity : this.#expected.get(index) ?? 0;
    if (expected === 0 || !isCalledByRuntime(callee)) return false;
    this.#expected.set(index + 1, (this.#expected.get(index + 1) ?? 0) + 1);
    if (expected === 1) this.#expected.delete(index);
    else if (index > 0) this.#expected.set(index, expected - 1);
    return true;
  }
}

function isItemOf(list: unknown, index: number, item: unknown): boolean {
  return (Array.isArray(list) || ArrayBuffer.isView(list)) && Object.is(Reflect.get(list, index), item);
}

/**
 * The first frame of a call by a built-in function or by the runtime: V8 reports no file for a built-in function, for any
 * class of `this`; Deno's own code runs what waited for a timer; and the frame of a function that waits is not a caller
 * ("async f (…)" is one, if `async` is the name of a function).
 */
const RUNTIME = /\(<anonymous>\)$|(^|\()ext:|^async [^(]/;

/**
 * Whether `callee` was called by a built-in function or, as in `Array.fromAsync`, by the runtime itself, possibly with no
 * frame at all.
 */
function isCalledByRuntime(callee: AnyFunction): boolean {
  const holder: { stack?: unknown } = {};
  const { prepareStackTrace, stackTraceLimit } = Error;
  Reflect.deleteProperty(Error, "prepareStackTrace");
  Error.stackTraceLimit = 1;
  try {
    Error.captureStackTrace(holder, callee);
    const frame = /^ +at (.*)$/m.exec(String(holder.stack))?.[1];
    return frame === undefined || RUNTIME.test(frame);
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
