/**
 * Walks over a result before it is stored: refuses what would not decode to an equal value, and chooses the encoding.
 *
 * @module
 */
import { errorParts } from "./error_parts.ts";
import { type Found, kindOf, KINDS, type PlainObject } from "./kinds.ts";
import {
  elementFault,
  extraOfArray,
  extraOfBuiltIn,
  extraOfView,
  type Fault,
  type FaultKind,
  isFault,
  plainKeys,
} from "./members.ts";
import { refuseFault, refuseKind } from "./refusal.ts";
import { MAX_DEPTH, Trail } from "./trail.ts";

/** The simplest encoding from which a value decodes to an equal value. */
export type Need =
  /** JSON */
  | "json"
  /** structured clone */
  | "clone"
  /** structured clone, after the objects that it would change are substituted */
  | "substitution";

/**
 * Returns the encoding that `value` needs.
 *
 * @param label The beginning of error messages, as in "primes.isPrime".
 *
 * @throws {JugError} of kind "usage" if something in `value` would not decode to an equal value; the message names the
 * place.
 */
export function needOf(value: unknown, label: string): Need {
  if (value === null || typeof value === "string" || typeof value === "boolean") return "json";
  if (typeof value === "number") return isJsonNumber(value) ? "json" : "clone";
  return new StorableWalk(label).run(value);
}

class StorableWalk {
  readonly #label: string;
  readonly #trail = new Trail();
  readonly #seen = new Set<object>();
  #json = true;
  #substitution = false;

  constructor(label: string) {
    this.#label = label;
    this.#trail.root = "result";
  }

  run(value: unknown): Need {
    this.#value(value);
    return this.#substitution ? "substitution" : this.#json ? "json" : "clone";
  }

  #value(value: unknown): void {
    if (typeof value === "number") {
      if (!isJsonNumber(value)) this.#json = false;
    } else if (typeof value !== "string" && typeof value !== "boolean" && value !== null) {
      this.#found(value, kindOf(value));
    }
  }

  #found(value: unknown, found: Found): void {
    if (!KINDS[found.kind].store) throw refuseKind("store", this.#label, this.#trail, found);
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
    if (found.kind === "array") return this.#array(found.value);
    if (found.kind === "object") return this.#object(found.value);
    this.#json = false;
    switch (found.kind) {
      case "map":
        return this.#map(found.value);
      case "set":
        return this.#set(found.value);
      case "date":
      case "arraybuffer":
        return this.#check(extraOfBuiltIn(found.value));
      case "regexp":
        if (found.value.lastIndex !== 0) this.#substitution = true;
        return this.#check(extraOfBuiltIn(found.value));
      case "url":
        this.#substitution = true;
        return this.#check(extraOfBuiltIn(found.value));
      case "view":
        return this.#view(found.value);
      case "error":
        return this.#error(found.value);
      default:
        return;
    }
  }

  #array(array: readonly unknown[]): void {
    this.#check(extraOfArray(array));
    this.#enter(array);
    for (let i = 0; i < array.length; i++) {
      this.#trail.at(i);
      const fault = elementFault(array, i);
      if (fault !== undefined) throw this.#fault(fault);
      this.#value(array[i]);
    }
    this.#trail.leave();
  }

  #object(object: PlainObject): void {
    const keys = plainKeys(object);
    if (isFault(keys)) throw refuseFault("store", this.#label, this.#trail, keys);
    if (Object.getPrototypeOf(object) === null) this.#substitution = true;
    this.#enter(object);
    for (const key of keys) {
      this.#trail.at(key);
      this.#value(object[key]);
    }
    this.#trail.leave();
  }

  #map(map: ReadonlyMap<unknown, unknown>): void {
    this.#check(extraOfBuiltIn(map));
    this.#enter(map);
    let place = 0;
    for (const [key, value] of map) {
      this.#trail.at(place++);
      this.#value(key);
      this.#trail.at(place++);
      this.#value(value);
    }
    this.#trail.leave();
  }

  #set(set: ReadonlySet<unknown>): void {
    this.#check(extraOfBuiltIn(set));
    this.#enter(set);
    let place = 0;
    for (const element of set) {
      this.#trail.at(place++);
      this.#value(element);
    }
    this.#trail.leave();
  }

  #view(view: ArrayBufferView<ArrayBuffer>): void {
    this.#check(extraOfView(view));
    if (isPartOfBuffer(view)) this.#substitution = true;
  }

  #error(error: Error): void {
    const parts = errorParts(error);
    if (isFault(parts)) throw refuseFault("store", this.#label, this.#trail, parts);
    this.#substitution = true;
    this.#enter(error);
    for (const { key, value } of parts.fields) {
      this.#trail.at(key);
      this.#value(value);
    }
    this.#trail.leave();
  }

  #enter(holder: object): void {
    if (this.#trail.depth >= MAX_DEPTH) throw this.#fault("depth");
    this.#trail.enter(holder);
  }

  #check(fault: Fault | undefined): void {
    if (fault !== undefined) throw refuseFault("store", this.#label, this.#trail, fault);
  }

  #fault(fault: FaultKind): Error {
    return refuseFault("store", this.#label, this.#trail, { fault, key: undefined });
  }
}

/** Whether `view` shows only a part of its buffer. Structured clone would store the whole buffer. */
export function isPartOfBuffer(view: ArrayBufferView): boolean {
  return view.byteLength !== view.buffer.byteLength;
}

function isJsonNumber(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}
