/**
 * Wrapped arguments, which have their own rules for hashing and passing on.
 *
 * @module
 */
import { inspect } from "node:util";
import { isNode, isWrapper, type WrapperHash } from "../brand.ts";
import { collectNodes, type Unwrap, type WrappedArgument } from "../value/tasks_in_value.ts";
import { JugError } from "../errors.ts";
import { enclosedNode } from "./enclosed_tasks.ts";
import { formatArguments } from "../format.ts";
import { hashTask } from "../value/hash.ts";
import type { Later, NoHash, NoLoad, Shared, Wrapped } from "../types.ts";
import { refuseWrapped } from "./used_as_value.ts";

class WrapperObject implements WrappedArgument {
  declare readonly "jug.kind": "wrapper";
  constructor(readonly wrapper: string, readonly hashAs: WrapperHash, readonly unwrap: Unwrap) {}

  toString(): never {
    return refuseWrapped(this[inspect.custom]());
  }

  [Symbol.toPrimitive](): never {
    return this.toString();
  }

  [inspect.custom](): string {
    const value = this.hashAs.kind === "value" ? this.hashAs.value : this.unwrap.value;
    return `${this.wrapper}(${formatArguments([value], 60)})`;
  }
}
Object.defineProperty(WrapperObject.prototype, "jug.kind", { value: "wrapper" });

/** Returns a wrapped argument. */
export function wrap(wrapper: string, hashAs: WrapperHash, unwrap: Unwrap): WrappedArgument {
  return new WrapperObject(wrapper, hashAs, unwrap);
}

/**
 * Wraps a large read-only argument. It is decoded once per worker, and every task that takes it gets the same object;
 * without `shared`, each task gets its own copy. Tasks must not change it. The hash of a task that takes it is the same
 * as without `shared`.
 *
 * @param x A value, or a task with a large result.
 * @throws {JugError} of kind "usage" if `x` cannot be hashed.
 *
 * @example Usage
 * ```ts
 * import { shared, TaskGenerator } from "jug";
 *
 * const dictionary = TaskGenerator(function dictionary() {
 *   return ["one", "two", "three"];
 * });
 * const find = TaskGenerator(function find(words: string[], n: number) {
 *   return words[n];
 * });
 *
 * const words = shared(dictionary());
 * export const found = [find(words, 0), find(words, 2)];
 * ```
 *
 * @category Arguments
 */
export function shared<T>(x: T): Shared<T> {
  const key = hashTask({ name: "jug.shared", version: undefined, args: [x] }).hash;
  return wrap("shared", { kind: "value", value: x }, { kind: "shared", value: x, key }) as unknown as Shared<T>;
}

/**
 * Wraps an argument that is not hashed, such as a number of threads or a log file: two calls that differ only in it are
 * the same task. The value is passed on without a copy; tasks that take it must not change it. (If it contains tasks,
 * its arrays and plain objects are copied.)
 *
 * @param x A value of any kind. Tasks in it are replaced by their results, and the task that takes it waits for them. It
 * may be wrapped itself.
 * @throws {JugError} of kind "usage" if `x` contains a task inside a Map, a Set or an Error.
 *
 * @example Usage
 * ```ts
 * import { noHash, TaskGenerator } from "jug";
 *
 * const render = TaskGenerator(function render(frame: number, threads: number) {
 *   return `frame ${frame} by ${threads} threads`;
 * });
 *
 * export const frames = [1, 2, 3].map((frame) => render(frame, noHash(8)));
 * ```
 *
 * @category Arguments
 */
export function noHash<A>(x: Wrapped<A>): Wrapped<A>;
/**
 * Wraps an argument that is not hashed.
 *
 * @category Arguments
 */
export function noHash<T>(x: T): NoHash<T>;
export function noHash(x: unknown): unknown {
  const enclosed = enclosedNode(x);
  if (enclosed !== undefined) {
    throw new JugError("usage", `noHash(value): the task ${enclosed.name} is inside a Map, Set or Error of the value`, {
      remedy: "Pass an array or a plain object of tasks, and make the Map or Set inside the function",
    });
  }
  const nodes = [...collectNodes(x, new Map()).values()];
  const unwrap: Unwrap = { kind: nodes.length > 0 || isWrapper(x) ? "value" : "raw", value: x };
  return wrap("noHash", { kind: "nothing", nodes }, unwrap);
}

/**
 * Wraps a task so that the function gets the task itself, not its result. The function can load the result by calling
 * `await task.value()`, for example one result at a time if all together are too large for memory. The task that takes
 * the argument still waits for the wrapped task.
 *
 * @param task A task or tasklet.
 * @throws {JugError} of kind "usage" if `task` is not a task or tasklet.
 *
 * @example Usage
 * ```ts
 * import { noLoad, type Task, TaskGenerator } from "jug";
 *
 * const page = TaskGenerator(function page(n: number) {
 *   return "x".repeat(n);
 * });
 * const size = TaskGenerator(async function size(pages: Task<string>[]) {
 *   let total = 0;
 *   for (const page of pages) total += (await page.value()).length;
 *   return total;
 * });
 *
 * export const total = size([1, 2, 3].map(page).map(noLoad));
 * ```
 *
 * @category Arguments
 */
export function noLoad<T extends Later<unknown>>(task: T): NoLoad<T> {
  if (!isNode(task)) {
    throw new JugError("usage", "noLoad(task) takes a task or a tasklet", {
      remedy: "Pass a plain value directly",
    });
  }
  const wrapped = wrap("noLoad", { kind: "node", label: "noLoad", node: task }, { kind: "raw", value: task });
  return wrapped as unknown as NoLoad<T>;
}

/**
 * Wraps an argument that is hashed by your own function. Two values with the same digest count as the same argument, so
 * use a strong digest, or a text that is unique to the value. The value is passed on without a copy; tasks that take it
 * must not change it.
 *
 * @param x A value of any kind, without tasks in it.
 * @param hash Returns the digest of `x`, any string. It must be synchronous.
 * @throws {JugError} of kind "usage" if `x` contains a task, or `hash` does not return a string.
 *
 * @example Usage
 * ```ts
 * import { customHash, TaskGenerator } from "jug";
 *
 * class Model {
 *   constructor(readonly name: string, readonly weights: Float64Array) {}
 * }
 * const score = TaskGenerator(function score(model: Model) {
 *   return model.weights.reduce((sum, weight) => sum + weight, 0);
 * });
 *
 * const model = new Model("small", new Float64Array(100));
 * export const scored = score(customHash(model, (m) => m.name));
 * ```
 *
 * @category Arguments
 */
export function customHash<T>(x: T, hash: (x: T) => string): Wrapped<T> {
  const [node = enclosedNode(x)] = collectNodes(x, new Map()).values();
  if (node !== undefined) {
    throw new JugError("usage", `customHash(value, hash): the value contains the task ${node.name}`, {
      remedy: "Pass the task as a separate argument",
    });
  }
  const digest: unknown = hash(x);
  if (typeof digest !== "string") {
    const kind = digest instanceof Promise ? "a promise" : digest === null ? "null" : typeof digest;
    throw new JugError("usage", `customHash(value, hash): the hash function returned ${kind}, not a string`, {
      remedy: "Return a string, such as a digest in hexadecimal",
    });
  }
  return wrap("customHash", { kind: "digest", digest }, { kind: "raw", value: x }) as unknown as Wrapped<T>;
}

/** Wraps an argument that is hashed and waited for, but not loaded: the function gets `undefined` instead. */
export function tokenOf(x: unknown): WrappedArgument {
  return wrap("token", { kind: "value", value: x }, { kind: "raw", value: undefined });
}
