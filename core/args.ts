/**
 * The jugfile's own arguments.
 *
 * @module
 */
import { currentSession } from "./session.ts";

/** An array that is always the current session's: each look at it first brings it up to date. */
function liveArgs(): readonly string[] {
  const target: string[] = [];
  const update = (): string[] => {
    const now = currentSession().args;
    target.length = 0;
    target.push(...now);
    return target;
  };
  // console.log looks at the target of a proxy and not through its traps.
  Object.defineProperty(target, Symbol.for("Deno.customInspect"), { value: () => Deno.inspect([...update()]) });
  return new Proxy(target, {
    get: (_, key) => Reflect.get(update(), key),
    has: (_, key) => Reflect.has(update(), key),
    ownKeys: () => Reflect.ownKeys(update()),
    getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(update(), key),
    set: () => false,
    deleteProperty: () => false,
  });
}

/**
 * The strings that follow the jugfile on the command line, and those that follow `--`.
 * `jug execute primes.ts 99 fast -- --deep` gives `["99", "fast", "--deep"]`.
 *
 * @example Usage
 * ```ts
 * import { args } from "jug";
 *
 * const [limit = "100"] = args;
 * console.log(Number(limit));
 * ```
 */
export const args: readonly string[] = liveArgs();
