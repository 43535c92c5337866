/**
 * Values as text, JSON and CSV.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";

/** How a value is printed. */
export type ValueFormat = "text" | "json" | "csv";

/**
 * Whole lines.
 *
 * @throws {JugError} of kind "usage" where `format` is "csv" and the value is no table.
 */
export async function formatValue(value: unknown, format: ValueFormat): Promise<string> {
  switch (format) {
    case "text":
      return `${textOf(value)}\n`;
    case "json":
      return `${JSON.stringify(toJson(value), undefined, 2) ?? "null"}\n`;
    case "csv": {
      const { stringify } = await import("npm:csv-stringify@6/sync");
      return stringify(tableOf(value).map((row) => row.map(cellOf)));
    }
  }
}

/** A string as it is; anything else as it would be written, in full. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return Deno.inspect(value, {
    colors: false,
    depth: Infinity,
    iterableLimit: Infinity,
    strAbbreviateSize: Infinity,
    trailingComma: false,
  });
}

/**
 * The nearest that JSON has: a Map as an object (or as pairs, where a key is no string), a Set or typed array as a list, a
 * BigInt as a string of digits. What JSON has no word for (`undefined`, NaN, a function) is null.
 */
function toJson(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (value === undefined || typeof value === "symbol" || typeof value === "function") return null;
  if (typeof value !== "object" || value === null || "toJSON" in value) return value;
  if (value instanceof Error) return { name: value.name, message: value.message };
  if (value instanceof RegExp) return String(value);
  if (value instanceof Map) {
    const pairs = [...value].map(([key, item]) => [key, toJson(item)] as const);
    return pairs.every(([key]) => typeof key === "string")
      ? Object.fromEntries(pairs)
      : pairs.map(([key, item]) => [toJson(key), item]);
  }
  const items = listOf(value);
  if (items !== undefined) return items.map(toJson);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]));
}

function listOf(value: object): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (value instanceof Set) return [...value];
  if (value instanceof ArrayBuffer) return [...new Uint8Array(value)];
  if (!ArrayBuffer.isView(value) || value instanceof DataView) return undefined;
  return isIterable(value) ? [...value] : undefined;
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}

type Row = readonly unknown[];

/** A header where rows are objects, and the rows. */
function tableOf(value: unknown): readonly Row[] {
  if (value instanceof Map) return [...value].map(([key, item]) => [key, ...(Array.isArray(item) ? item : [item])]);
  const rows = typeof value === "object" && value !== null ? listOf(value) : undefined;
  if (rows === undefined) {
    throw new JugError("usage", "the value is no table, so there is no CSV of it", {
      remedy: "A list of objects, of lists or of single values is one; --json prints anything",
    });
  }
  if (!rows.some(isRecord)) return rows.map((row) => Array.isArray(row) ? row : [row]);
  const columns = [...new Set(rows.flatMap((row) => isRecord(row) ? Object.keys(row) : []))];
  // A row that is missing (--partial) is an empty one, so that the others keep their places.
  return [columns, ...rows.map((row) => columns.map((column) => isRecord(row) ? row[column] : null))];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null &&
    (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null);
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? JSON.stringify(toJson(value)) : String(value);
}
