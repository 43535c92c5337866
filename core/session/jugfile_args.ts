/**
 * `args`: the arguments of the jugfile.
 *
 * @module
 */
import { append } from "../lists.ts";
import { isPlainObject } from "../value/kinds.ts";
import { isLiveList, LIVE_LIST } from "../brand.ts";
import { currentSession } from "./session.ts";

/** Returns an array that always holds the current session's arguments: each access updates it first. */
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
  // console.log inspects the target of a proxy directly, without the proxy's traps.
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

/** Returns `value` with `args` replaced by a copy of its current content, at any depth of arrays and plain objects. */
export function withListOfNow(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (isLiveList(value)) return [...value];
  if (Array.isArray(value)) return value.map(withListOfNow);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withListOfNow(item)]));
}

/**
 * The arguments on the command line after the jugfile, and those after `--`. With
 * `jug execute primes.ts 99 fast -- --deep` they are `["99", "fast", "--deep"]`. In a script that runs without jug they
 * are `Deno.args`.
 *
 * The array always shows the arguments of the current session. Passed to a task, it counts as a plain list of these
 * strings.
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
