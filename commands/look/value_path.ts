/**
 * A part of a value, by a path such as `rows.0.name`.
 *
 * @module
 */
import { isNode } from "../../core/brand.ts";
import { JugError } from "../../core/errors.ts";

/** Where a path has led. */
export interface Followed {
  readonly value: unknown;
  /** What is left of the path, where a task stands in the way: its result has to be known first. */
  readonly rest: readonly string[];
  /** The way so far, for messages. */
  readonly name: string;
}

/**
 * Follows `path` into `value`, as far as the first task or tasklet. A Map is looked into by its string or number keys.
 *
 * @throws {JugError} of kind "usage" where there is nothing under a key.
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
  if (Array.isArray(value)) return `It is a list of ${value.length}, counted from 0`;
  if (typeof value !== "object" || value === null) return `It is ${Deno.inspect(value, { strAbbreviateSize: 60 })}`;
  const keys = value instanceof Map ? [...value.keys()].map(String) : Object.keys(value);
  if (keys.length === 0) return "It is empty";
  return `It has ${keys.slice(0, SHOWN).join(", ")}${keys.length > SHOWN ? ", …" : ""}`;
}
