/**
 * Arguments that are hashed or passed on in a way of their own.
 *
 * @module
 */
import type { WrapperHash } from "./brand.ts";
import type { Unwrap, WrappedArgument } from "./arguments.ts";
import { hashTask } from "./hash.ts";
import type { Shared } from "./types.ts";

class Wrapped implements WrappedArgument {
  declare readonly "jug.kind": "wrapper";
  constructor(readonly wrapper: string, readonly hashAs: WrapperHash, readonly unwrap: Unwrap) {}
}
Object.defineProperty(Wrapped.prototype, "jug.kind", { value: "wrapper" });

/** Makes a wrapped argument. */
export function wrap(wrapper: string, hashAs: WrapperHash, unwrap: Unwrap): WrappedArgument {
  return new Wrapped(wrapper, hashAs, unwrap);
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
 */
export function shared<T>(x: T): Shared<T> {
  const key = hashTask({ name: "jug.shared", version: undefined, args: [x] }).hash;
  return wrap("shared", { kind: "value", value: x }, { kind: "shared", value: x, key }) as unknown as Shared<T>;
}
