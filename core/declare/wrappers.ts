/**
 * Arguments that are hashed or passed on in a way of their own.
 *
 * @module
 */
import { inspect } from "node:util";
import { isNode, type WrapperHash } from "../brand.ts";
import { collectNodes, type Unwrap, type WrappedArgument } from "../value/nodes_in.ts";
import { JugError } from "../errors.ts";
import { enclosedNode } from "./enclosed.ts";
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

/** Makes a wrapped argument. */
export function wrap(wrapper: string, hashAs: WrapperHash, unwrap: Unwrap): WrappedArgument {
  return new WrapperObject(wrapper, hashAs, unwrap);
}

/**
 * A big read-only input: decoded once a worker, and the same object is handed to every task that takes it. Without it each
 * task gets a copy of its own. Tasks must not change it. The task's hash is the one it would have without `shared`.
 *
 * @param x A value, or a task whose result is big.
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
 * A value that is passed on but not hashed: another number of threads, another log file make no other task. It is handed on as it
 * is and not copied, unless tasks stand in it; the tasks that take it must not change it.
 *
 * @param x A value of any kind, or a task: its result is passed on, and the task that takes it waits for it.
 * @throws {JugError} where a task stands in a Map, a Set or an Error.
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
export function noHash<T>(x: T): NoHash<T> {
  const enclosed = enclosedNode(x);
  if (enclosed !== undefined) {
    throw new JugError("usage", `noHash(value): the task ${enclosed.name} stands in a Map, Set or Error of the value`, {
      remedy: "Pass an array or a plain object of tasks, and make the Map or Set inside the function",
    });
  }
  const nodes = [...collectNodes(x, new Map()).values()];
  const unwrap: Unwrap = { kind: nodes.length > 0 ? "value" : "raw", value: x };
  return wrap("noHash", { kind: "nothing", nodes }, unwrap) as unknown as NoHash<T>;
}

/**
 * A task that is passed on as itself: the function gets the task and not its result, and may ask for it with
 * `await task.value()`, one at a time where all of them together would be too much. The task that takes it waits for it.
 *
 * @param task A task or tasklet.
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
      remedy: "Pass a plain value as it is",
    });
  }
  const wrapped = wrap("noLoad", { kind: "node", label: "noLoad", node: task }, { kind: "raw", value: task });
  return wrapped as unknown as NoLoad<T>;
}

/**
 * A value that is hashed by a function of yours. Two values of one digest count as the same, so let it be a strong one. The value is
 * handed on as it is and not copied; the tasks that take it must not change it.
 *
 * @param x A value of any kind, without tasks in it.
 * @param hash Gives the digest of `x`: any string.
 * @throws {JugError} where the digest is no string, or a task stands in `x`.
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
    throw new JugError("usage", `customHash(value, hash): the value holds the task ${node.name}`, {
      remedy: "Pass the task as an argument of its own",
    });
  }
  const digest: unknown = hash(x);
  if (typeof digest !== "string") {
    const kind = digest instanceof Promise ? "a promise" : digest === null ? "null" : typeof digest;
    throw new JugError("usage", `customHash(value, hash): the hash function gave ${kind}, not a string`, {
      remedy: "Return a string, such as a digest in hexadecimal",
    });
  }
  return wrap("customHash", { kind: "digest", digest }, { kind: "raw", value: x }) as unknown as Wrapped<T>;
}

/** Something that is waited for and hashed, but not loaded: the function gets `undefined` in its place. */
export function tokenOf(x: unknown): WrappedArgument {
  return wrap("token", { kind: "value", value: x }, { kind: "raw", value: undefined });
}
