/**
 * The jugfile's own arguments.
 *
 * @module
 */
import { append } from "../append.ts";
import { isPlainObject } from "../value/nodes_in.ts";
import { isLiveList, LIVE_LIST } from "../brand.ts";
import { currentSession } from "./session.ts";

/** An array that is always the current session's: each look at it first brings it up to date. */
function liveArgs(): readonly string[] {
  const target: string[] = [];
  const update = (): string[] => {
    const now = currentSession().args;
    target.length = 0;
    append(target, now);
    return target;
  };
  const inspectAll = (): string => {
    const { args, readArguments } = currentSession();
    for (const index of args.keys()) readArguments?.add(index);
    return Deno.inspect([...args]);
  };
  Object.defineProperty(target, LIVE_LIST, { value: true });
  // console.log looks at the target of a proxy and not through its traps.
  Object.defineProperty(target, Symbol.for("Deno.customInspect"), { value: inspectAll });
  const look = (key: PropertyKey): string[] => {
    const index = typeof key === "string" ? Number(key) : NaN;
    if (Number.isInteger(index)) currentSession().readArguments?.add(index);
    return update();
  };
  return new Proxy(target, {
    get: (_, key) => Reflect.get(look(key), key),
    has: (_, key) => Reflect.has(update(), key),
    ownKeys: () => Reflect.ownKeys(update()),
    getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(look(key), key),
    set: () => false,
    deleteProperty: () => false,
  });
}

/** `value` as an argument: with the list of now in the place of `args`, at any depth of arrays and plain objects. */
export function withListOfNow(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (isLiveList(value)) return [...value];
  if (Array.isArray(value)) return value.map(withListOfNow);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withListOfNow(item)]));
}

/**
 * The strings that follow the jugfile on the command line, and those that follow `--`.
 * `jug execute primes.ts 99 fast -- --deep` gives `["99", "fast", "--deep"]`.
 * Given to a task, it is the list of these strings, as if it were written out.
 *
 * @example Usage
 * ```ts
 * import { args } from "jug";
 *
 * const [limit = "100"] = args;
 * console.log(Number(limit));
 * ```
 *
 * @category Arguments
 */
export const args: readonly string[] = liveArgs();
