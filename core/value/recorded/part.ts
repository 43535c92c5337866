/**
 * What is recorded of a value and of its members, with the bytes that it takes.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Recorded, Special } from "./form.ts";

/** A value that is recorded for good, or a container that is not opened (yet). */
export type Part = Leaf | Container;

/** A value that is recorded for good. */
export interface Leaf {
  readonly kind: "leaf";
  readonly recorded: Recorded;
  readonly bytes: number;
}

/** A container. */
export interface Container {
  readonly kind: "container";
  readonly value: unknown;
  /** What is recorded of it as long as it is not opened. */
  readonly closed: Closed;
  /** Its members, `undefined` if it cannot be opened. It is asked for once. */
  readonly open: () => Opened | undefined;
  opened: Opened | undefined;
}

/** What is recorded of a closed container. */
export interface Closed {
  readonly bytes: number;
  record(): Recorded;
}

/** An opened container. */
export interface Opened {
  readonly parts: readonly Part[];
  /** The bytes of all its parts in their present form, and of what is around them. */
  readonly bytes: number;
  record(parts: readonly Recorded[]): Recorded;
}

/** Returns what is recorded of a part in its present form. */
export function recordedOf(part: Part): Recorded {
  if (part.kind === "leaf") return part.recorded;
  return part.opened === undefined ? part.closed.record() : part.opened.record(part.opened.parts.map(recordedOf));
}

/** Returns a value whose record takes `bytes`. */
export function leaf(recorded: Recorded, bytes: number): Leaf {
  return { kind: "leaf", recorded, bytes };
}

/** Returns a value that has a form of its own. */
export function special(form: Special): Leaf {
  return leaf(form, bytesOfSpecial(form));
}

/** Returns a number. */
export function number(value: number): Leaf {
  if (!Number.isFinite(value)) return special({ $: ["number", String(value)] });
  // -0 is hashed as 0, and its JSON is 0.
  return leaf(value, String(value).length);
}

/** Returns the bytes of parts in their present form. */
export function bytesOf(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => sum + (part.kind === "leaf" ? part.bytes : part.closed.bytes), 0);
}

/** Returns how many commas are between so many parts. */
export function commas({ length }: { readonly length: number }): number {
  return Math.max(0, length - 1);
}

/** Returns the bytes of the JSON of a form. */
export function bytesOfSpecial(form: Special): number {
  return Buffer.byteLength(JSON.stringify(form));
}

/** Returns the bytes of the JSON of a text. */
export function bytesOfText(text: string): number {
  return PLAIN.test(text) ? text.length + 2 : Buffer.byteLength(JSON.stringify(text));
}

/** A text that is as long in JSON, apart from the quotes. */
const PLAIN = /^[ !#-[\]-~]*$/;
