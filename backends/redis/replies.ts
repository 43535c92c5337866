/**
 * What a server answers, looked at with care: a foreign value may be anything.
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

/** A string of an answer; empty for anything else. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** An answer that is a list; empty for anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return isArray(value) ? value : [];
}

/** A count of an answer; 0 for anything else. */
export function countOf(value: unknown): number {
  return isNumber(value) ? value : 0;
}

/** The bytes of an answer that was asked for as bytes; `undefined` for none. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  // The library hands out pieces of what came over the line; a small one must not keep its whole neighbourhood alive.
  return new Uint8Array(value);
}

/** Those that have the form of a hash. */
export function hashesIn(values: readonly unknown[]): Hash[] {
  return values.map(textOf).filter(isHash);
}

/** Cuts `items` into batches of at most `size`. */
export function* inBatches<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
