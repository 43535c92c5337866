/**
 * Reads a server's replies defensively: another program may have written any value.
 *
 * @module
 */
import { type Hash, isHash } from "../../core/brand.ts";

export function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

export function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

/** Returns a string from a reply; empty for anything else. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Returns a list from a reply; empty for anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return isArray(value) ? value : [];
}

/** Returns a count from a reply; 0 for anything else. */
export function countOf(value: unknown): number {
  return isNumber(value) ? value : 0;
}

/** Returns the bytes from a reply that was requested as bytes; `undefined` for anything else. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  // A copy: the library returns slices of the received buffers, and a small slice would keep a whole buffer in memory.
  return new Uint8Array(value);
}

/** Returns the values that have the form of a hash. */
export function hashesIn(values: readonly unknown[]): Hash[] {
  return values.map(textOf).filter(isHash);
}
