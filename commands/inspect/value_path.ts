/**
 * Selects a part of a value by a path such as `rows.0.name`.
 *
 * @module
 */
import { isNode } from "../../core/brand.ts";
import { JugError } from "../../core/errors.ts";

/** The result of following a path. */
export interface Followed {
  /** The part of the value that was reached. */
  readonly value: unknown;
  /** The rest of the path if a task or tasklet was reached: its result must be known first. Otherwise empty. */
  readonly rest: readonly string[];
  /** The path that was followed, for messages. */
  readonly name: string;
}

/**
 * Follows `path` into `value`, up to the first task or tasklet. In a Map, a key is tried as a string, then as a number.
 *
 * @throws {JugError} of kind "usage" if a key does not exist.
 */
export function followPath({ value, path, name }: {
  readonly value: unknown;
  readonly path: readonly string[];
  readonly name: string;
}): Followed {
  const [key, ...rest] = path;
  if (key === undefined || isNode(value)) return { value, rest: path, name };
  const part = partOf(value, key);
  if (part === undefined) {
    throw new JugError("usage", `${name} has no ${JSON.stringify(key)}`, { remedy: remedyFor(value) });
  }
  return followPath({ value: part.value, path: rest, name: `${name}.${key}` });
}

function partOf(value: unknown, key: string): { readonly value: unknown } | undefined {
  if (value instanceof Map) {
    if (value.has(key)) return { value: value.get(key) };
    return value.has(Number(key)) ? { value: value.get(Number(key)) } : undefined;
  }
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return { value: Reflect.get(value, key) };
}

const SHOWN = 10;

function remedyFor(value: unknown): string {
  if (Array.isArray(value)) return `It is a list of length ${value.length}, counted from 0`;
  if (typeof value !== "object" || value === null) return `It is ${Deno.inspect(value, { strAbbreviateSize: 60 })}`;
  const keys = value instanceof Map ? [...value.keys()].map(String) : Object.keys(value);
  if (keys.length === 0) return "It is empty";
  return `It has ${keys.slice(0, SHOWN).join(", ")}${keys.length > SHOWN ? ", …" : ""}`;
}
