/**
 * Objects that define their own value for jug.
 *
 * @module
 */

/**
 * The key of a method that returns the value which replaces an object. `value`, `bvalue` and tasks that take the object
 * as an argument get what the method returns, with each task in it replaced by its result. The key is
 * `Symbol.for("jug.value")`, so a class need not import jug. jug calls the method more than once; it must return the
 * same value each time, and not a promise.
 *
 * The types of `value` and `bvalue` know this method. The types of a task's arguments do not: if the function takes the
 * replacement, pass `shared(object)` or `identity(object)`.
 *
 * This is the counterpart of `__jug_value__` in Python's jug.
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
 * An object with a method under {@linkcode VALUE_METHOD}. `V` is the type of the value that replaces the object.
 *
 * @category Results
 */
export interface SelfValued<V = unknown> {
  /** Returns the value that replaces the object; the same each time, and not a promise. */
  [VALUE_METHOD](): V;
}

/** Whether `value` has a method under {@linkcode VALUE_METHOD}. */
export function isSelfValued(value: object): value is SelfValued {
  return VALUE_METHOD in value && typeof value[VALUE_METHOD] === "function";
}
