/**
 * Walks over a result before it is stored: refuses what would not decode to an equal value, and chooses the encoding.
 *
 * @module
 */
import type { PlainObject, Storable } from "./kinds.ts";
import { extraOfArray, extraOfBuiltIn, extraOfView } from "./members.ts";
import { ValueWalk } from "./walk.ts";

/** The simplest encoding from which a value decodes to an equal value. */
export type Need =
  /** JSON */
  | "json"
  /** structured clone */
  | "clone"
  /** structured clone, after the objects that it would change are substituted */
  | "substitution";

/** A buffer of at least this size is stored apart from the structured clone, in bytes: this is ten times as fast. */
const LARGE_BUFFER = 4096;

/** What the encoding of a value depends on. */
export interface StorageNeeds {
  readonly need: Need;
  /** The large buffers in the value that are used as a whole. */
  readonly largeBuffers: ReadonlySet<ArrayBuffer>;
}

/** Whether `buffer` is stored apart. A resizable one is not, since it would come back with a fixed length. */
export function isLargeBuffer(buffer: ArrayBuffer): boolean {
  return buffer.byteLength >= LARGE_BUFFER && !buffer.resizable;
}

const NO_BUFFERS: ReadonlySet<ArrayBuffer> = new Set();
const JSON_IS_ENOUGH: StorageNeeds = { need: "json", largeBuffers: NO_BUFFERS };

/**
 * Returns what the encoding of `value` depends on.
 *
 * @param label The beginning of error messages, as in "primes.isPrime".
 *
 * @throws {JugError} of kind "usage" if something in `value` would not decode to an equal value; the message names the
 * place.
 */
export function storageNeeds(value: unknown, label: string): StorageNeeds {
  if (value === null || typeof value === "string" || typeof value === "boolean") return JSON_IS_ENOUGH;
  if (typeof value === "number") {
    return isJsonNumber(value) ? JSON_IS_ENOUGH : { need: "clone", largeBuffers: NO_BUFFERS };
  }
  return new StorableWalk(label).run(value);
}

class StorableWalk extends ValueWalk {
  readonly #seen = new Set<object>();
  readonly #largeBuffers = new Set<ArrayBuffer>();
  #json = true;
  #substitution = false;

  constructor(label: string) {
    super("store", label);
    this.trail.root = "result";
  }

  run(value: unknown): StorageNeeds {
    this.#value(value);
    const need = this.#substitution ? "substitution" : this.#json ? "json" : "clone";
    return { need, largeBuffers: this.#largeBuffers };
  }

  #value(value: unknown): void {
    if (typeof value === "number") {
      if (!isJsonNumber(value)) this.#json = false;
    } else if (typeof value !== "string" && typeof value !== "boolean" && value !== null) {
      this.#found(value, this.storable(value));
    }
  }

  #found(value: unknown, found: Storable): void {
    if (typeof value === "object" && value !== null) {
      // The object occurs twice, or contains itself. JSON can represent neither.
      if (this.#seen.has(value)) {
        this.#json = false;
        return;
      }
      this.#seen.add(value);
    }
    // The value is `args`, a Proxy, which structured clone refuses.
    if (found.value !== value) this.#substitution = true;
    if (found.kind !== "array" && found.kind !== "object") this.#json = false;
    switch (found.kind) {
      case "array":
        return this.#array(found.value);
      case "object":
        return this.#object(found.value);
      case "map":
        return this.#map(found.value);
      case "set":
        return this.#set(found.value);
      case "date":
        return this.check(extraOfBuiltIn(found.value));
      case "arraybuffer":
        this.#buffer(found.value);
        return this.check(extraOfBuiltIn(found.value));
      case "regexp":
        if (found.value.lastIndex !== 0) this.#substitution = true;
        return this.check(extraOfBuiltIn(found.value));
      case "url":
        this.#substitution = true;
        return this.check(extraOfBuiltIn(found.value));
      case "view":
        return this.#view(found.value);
      case "error":
        return this.#error(found.value);
      case "undefined":
      case "null":
      case "boolean":
      case "number":
      case "bigint":
      case "string":
        return;
      default:
        return found satisfies never;
    }
  }

  #array(array: readonly unknown[]): void {
    this.check(extraOfArray(array));
    this.enter(array);
    for (let i = 0; i < array.length; i++) this.#value(this.element(array, i));
    this.trail.leave();
  }

  #object(object: PlainObject): void {
    const keys = this.keys(object);
    if (Object.getPrototypeOf(object) === null) this.#substitution = true;
    this.enter(object);
    for (const key of keys) {
      this.trail.at(key);
      this.#value(object[key]);
    }
    this.trail.leave();
  }

  #map(map: ReadonlyMap<unknown, unknown>): void {
    this.check(extraOfBuiltIn(map));
    this.enter(map);
    let place = 0;
    for (const [key, value] of map) {
      this.trail.at(place++);
      this.#value(key);
      this.trail.at(place++);
      this.#value(value);
    }
    this.trail.leave();
  }

  #set(set: ReadonlySet<unknown>): void {
    this.check(extraOfBuiltIn(set));
    this.enter(set);
    let place = 0;
    for (const element of set) {
      this.trail.at(place++);
      this.#value(element);
    }
    this.trail.leave();
  }

  #view(view: ArrayBufferView<ArrayBuffer>): void {
    this.check(extraOfView(view));
    if (isPartOfBuffer(view)) this.#substitution = true;
    else this.#buffer(view.buffer);
  }

  #buffer(buffer: ArrayBuffer): void {
    if (isLargeBuffer(buffer)) this.#largeBuffers.add(buffer);
  }

  #error(error: Error): void {
    const { fields } = this.errorParts(error);
    this.#substitution = true;
    this.enter(error);
    for (const { key, value } of fields) {
      this.trail.at(key);
      this.#value(value);
    }
    this.trail.leave();
  }
}

/** Whether `view` shows only a part of its buffer. Structured clone would store the whole buffer. */
export function isPartOfBuffer(view: ArrayBufferView): boolean {
  return view.byteLength !== view.buffer.byteLength;
}

function isJsonNumber(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}
