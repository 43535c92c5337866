/**
 * Objects that say themselves what stands for them.
 *
 * @module
 */

/**
 * The key of a method by which an object says what stands for it: `value`, `bvalue` and tasks that take it as an argument
 * see what the method returns, with results in the place of the tasks in it. It is `Symbol.for("jug.value")`, so a class
 * need not import jug. The method is asked more than once, returns the same each time, and is no promise.
 *
 * Types know of it in `value` and `bvalue`. Where a function takes what stands for the object, write `shared(object)` or
 * `identity(object)`.
 *
 * The counterpart of `__jug_value__` in Python's jug.
 *
 * @example Usage
 * ```ts
 * import { shared, TaskGenerator, VALUE_METHOD } from "jug";
 *
 * const load = TaskGenerator(function load(page: number) {
 *   return `page ${page}`;
 * });
 * const join = TaskGenerator(function join(pages: string[]) {
 *   return pages.join();
 * });
 *
 * class Pages {
 *   constructor(readonly count: number) {}
 *   [VALUE_METHOD]() {
 *     return Array.from({ length: this.count }, (_, page) => load(page));
 *   }
 * }
 *
 * export const all = join(shared(new Pages(3))); // "page 0,page 1,page 2"
 * ```
 *
 * @category Results
 */
export const VALUE_METHOD: unique symbol = Symbol.for("jug.value");

/**
 * An object that says what stands for it.
 *
 * @category Results
 */
export interface SelfValued<V = unknown> {
  /** What stands for it; the same each time. */
  [VALUE_METHOD](): V;
}

/** Whether `value` says what stands for it. */
export function isSelfValued(value: object): value is SelfValued {
  return VALUE_METHOD in value && typeof value[VALUE_METHOD] === "function";
}
