/**
 * Converts values to plain data, for formats that have only strings, numbers, booleans, null, lists and objects.
 *
 * @module
 */
import { JugError } from "../errors.ts";
import { kindOf, KINDS } from "./kinds.ts";
import { setOwnProperty } from "./own_property.ts";

/**
 * Plain data, as in JSON: strings, numbers, booleans, null, and arrays and objects of these.
 *
 * @category Tasks
 */
export type PlainData = string | number | boolean | null | PlainData[] | { [key: string]: PlainData };

/** Converts a value that has no plain form, or throws. `path` is the value's place below the root, as in `.rows[3]`. */
export type Fallback = (value: unknown, path: string) => PlainData;

/** Returns a fallback that throws an error of kind "usage", which names the place. */
export function refuseData(label: string, remedy: string): Fallback {
  return (value, path) => {
    const what = typeof value === "number" ? `${value}` : KINDS[kindOf(value).kind].phrase;
    const where = path === "" ? "its result" : `its result${path}`;
    throw new JugError("usage", `${label}: ${where} is ${what}, which cannot be written as text`, { remedy });
  };
}

/**
 * Returns a copy of `value` as plain data. Dates and URLs become strings, typed arrays become lists. `undefined`
 * becomes null, except in an object, where the property is omitted.
 *
 * @param fallback Converts values that have no plain form, such as Maps, NaN and cycles.
 * @param path The place of `value` below the root. Default: the root itself.
 * @param around The objects that contain `value`, to detect cycles. Default: none.
 */
export function plainData(value: unknown, fallback: Fallback, path = "", around: readonly unknown[] = []): PlainData {
  if (typeof value === "object" && value !== null && around.includes(value)) return fallback(value, path);
  const inner = (item: unknown, key: string) => plainData(item, fallback, `${path}${key}`, [...around, value]);
  const found = kindOf(value);
  switch (found.kind) {
    case "string":
    case "boolean":
    case "null":
      return found.value;
    case "undefined":
      return null;
    case "number":
      return Number.isFinite(found.value) ? found.value : fallback(value, path);
    case "array":
      return found.value.map((item, i) => inner(item, `[${i}]`));
    case "object": {
      const copy: { [key: string]: PlainData } = {};
      for (const [key, item] of Object.entries(found.value)) {
        if (item !== undefined) setOwnProperty(copy, key, inner(item, `.${key}`));
      }
      return copy;
    }
    case "date":
      return Number.isNaN(found.value.getTime()) ? fallback(value, path) : found.value.toISOString();
    case "url":
      return found.value.href;
    case "view":
      if (!isIterable(found.value)) return fallback(value, path);
      return Array.from(found.value, (item, i) => inner(item, `[${i}]`));
    default:
      return fallback(value, path);
  }
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}
