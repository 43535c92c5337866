/**
 * Formats values as text, JSON and CSV.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";

/** The format that a value is printed in. */
export type ValueFormat = "text" | "json" | "csv";

/**
 * Formats a value as whole lines.
 *
 * @throws {JugError} of kind "usage" if `format` is "csv" and the value is not a table.
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

/** Formats a string unchanged, and any other value like JavaScript source, without abbreviation. */
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
 * Converts a value to the nearest equivalent in JSON: a Map becomes an object (or pairs, if a key is not a string), a
 * Set or typed array becomes a list, a BigInt becomes a string of digits. Values without an equivalent (`undefined`,
 * NaN, functions) become null.
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

/** Returns the rows of a table. If rows are objects, the first row is a header. */
function tableOf(value: unknown): readonly Row[] {
  if (value instanceof Map) return [...value].map(([key, item]) => [key, ...(Array.isArray(item) ? item : [item])]);
  const rows = typeof value === "object" && value !== null ? listOf(value) : undefined;
  if (rows === undefined) {
    throw new JugError("usage", "the value is not a table, so it cannot be printed as CSV", {
      remedy: "A table is a list of objects, of lists or of single values; use --json to print any value",
    });
  }
  if (!rows.some(isRecord)) return rows.map((row) => Array.isArray(row) ? row : [row]);
  const columns = [...new Set(rows.flatMap((row) => isRecord(row) ? Object.keys(row) : []))];
  // A missing row (with --partial) becomes an empty row, so that the other rows keep their positions.
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
