/**
 * The form in which the arguments of a task are recorded beside its result: JSON of bounded size. docs/results.md is
 * the specification.
 *
 * @module
 */
import { isHash } from "../../brand.ts";
import { setOwnProperty } from "../own_property.ts";

/**
 * A recorded value. Primitives, arrays and plain objects stand for themselves; a plain object here never has the key
 * "$". All else is a {@linkcode Special}.
 */
export type Recorded = string | number | boolean | null | readonly Recorded[] | RecordedObject | Special;

/** A recorded plain object. */
export interface RecordedObject {
  readonly [key: string]: Recorded;
}

/** A recorded value that JSON has no form for, or that is too large. */
export interface Special {
  readonly $: SpecialParts;
}

/** The kind of a {@linkcode Special}, and what is recorded of it. */
export type SpecialParts =
  | readonly ["undefined"]
  /** NaN, Infinity or -Infinity, as text */
  | readonly ["number", string]
  | readonly ["bigint", string]
  /** milliseconds since 1970; `null` for an invalid date */
  | readonly ["date", number | null]
  | readonly ["url", string]
  | readonly ["regexp", source: string, flags: string]
  /** a plain object that has the key "$" */
  | readonly ["object", entries: readonly Entry[]]
  /** a Map whose keys are primitive */
  | readonly ["map", entries: readonly Entry[]]
  /** a Set of primitives */
  | readonly ["set", elements: readonly Recorded[]]
  | readonly ["task", name: string, hash: string]
  /** with the tasks and tasklets that it is computed from, if there is room */
  | readonly ["tasklet", name: string, hash: string, bases?: readonly Recorded[]]
  | readonly ["generator", name: string, version: string | null]
  /** an object that hashes itself: its class, and what its method returned */
  | readonly ["self", type: string, hash: Recorded]
  /** an argument that the user's function hashed: the wrapper, and the digest */
  | readonly ["digest", wrapper: string, digest: Recorded]
  /** a task as such, not its result: the wrapper's label */
  | readonly ["labelled", label: string, task: Recorded]
  /** an argument that is not part of the hash */
  | readonly ["noHash"]
  /** an argument that is not recorded */
  | readonly ["secret"]
  /** a value that is too large: its size (of which its type determines the unit), a digest, and what it begins with */
  | readonly ["cut", type: string, size: number, digest: string, hint?: string]
  /** of a kind that this version does not know: its JSON, shortened */
  | readonly ["unknown", string];

/** A key and its value. */
export type Entry = readonly [key: Recorded, value: Recorded];

/** The arguments of a task: a list, unless there are too many. */
export type RecordedArguments = readonly Recorded[] | Special;

/** Whether a recorded value is a {@linkcode Special}. */
export function isSpecial(value: Recorded): value is Special {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.hasOwn(value, "$");
}

/** Whether a recorded value is a list. */
export function isRecordedList(value: Recorded): value is readonly Recorded[] {
  return Array.isArray(value);
}

/** Values may be nested so deep. jug writes no deeper ones: each level takes some bytes. */
const DEEPEST = 512;
/** So many values may be in one form. jug writes fewer: each takes two bytes at least. */
const MOST_VALUES = 10_000;
/** How much of the JSON of an unknown kind is kept, in characters. */
const UNKNOWN_TEXT = 200;

/** Thrown if something does not have the form. */
class WrongForm extends Error {}

/** Returns recorded arguments that were read from a store; `undefined` if they do not have the form. */
export function readArguments(found: unknown): RecordedArguments | undefined {
  if (found === undefined) return undefined;
  try {
    const value = new Reader().read(found, 0);
    if (isRecordedList(value)) return value;
    return isRecordedObject(value) && isSpecial(value) && value.$[0] === "cut" ? value : undefined;
  } catch (error) {
    if (error instanceof WrongForm) return undefined;
    throw error;
  }
}

function isRecordedObject(value: Recorded): value is RecordedObject | Special {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Copies what was read, and checks it meanwhile. */
class Reader {
  #count = 0;

  read(value: unknown, depth: number): Recorded {
    if (++this.#count > MOST_VALUES || depth > DEEPEST) throw new WrongForm();
    if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      return value;
    }
    if (typeof value !== "object") throw new WrongForm();
    if (Array.isArray(value)) return this.#list(value, depth);
    if (Object.hasOwn(value, "$")) return { $: this.#special(value, depth + 1) };
    const copy: Record<string, Recorded> = {};
    for (const [key, item] of Object.entries(value)) setOwnProperty(copy, key, this.read(item, depth + 1));
    return copy;
  }

  #list(list: readonly unknown[], depth: number): Recorded[] {
    return list.map((item) => this.read(item, depth + 1));
  }

  #special(value: object, depth: number): SpecialParts {
    const parts: unknown = Reflect.get(value, "$");
    if (!Array.isArray(parts)) throw new WrongForm();
    const [kind, a, b, c, d]: readonly unknown[] = parts;
    switch (kind) {
      case "undefined":
      case "noHash":
      case "secret":
        return [kind];
      case "number":
      case "bigint":
      case "url":
      case "unknown":
        return [kind, textOf(a)];
      case "date":
        return [kind, a === null ? null : numberOf(a)];
      case "regexp":
        return [kind, textOf(a), textOf(b)];
      case "object":
      case "map":
        return [kind, listOf(a).map((entry) => this.#entry(entry, depth + 1))];
      case "set":
        return [kind, this.#list(listOf(a), depth + 1)];
      case "task":
        return [kind, textOf(a), hashOf(b)];
      case "tasklet": {
        const [name, hash] = [textOf(a), hashOf(b)];
        return c === undefined ? [kind, name, hash] : [kind, name, hash, this.#list(listOf(c), depth + 1)];
      }
      case "generator":
        return [kind, textOf(a), b === null ? null : textOf(b)];
      case "self":
      case "digest":
      case "labelled":
        return [kind, textOf(a), this.read(b, depth + 1)];
      case "cut": {
        const [type, size, digest] = [textOf(a), numberOf(b), textOf(c)];
        return d === undefined ? [kind, type, size, digest] : [kind, type, size, digest, textOf(d)];
      }
      default:
        return ["unknown", JSON.stringify(parts).slice(0, UNKNOWN_TEXT)];
    }
  }

  #entry(entry: unknown, depth: number): Entry {
    const [key, value] = listOf(entry);
    return [this.read(key, depth), this.read(value, depth)];
  }
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new WrongForm();
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  throw new WrongForm();
}

function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  throw new WrongForm();
}

function hashOf(value: unknown): string {
  const text = textOf(value);
  if (isHash(text)) return text;
  throw new WrongForm();
}
