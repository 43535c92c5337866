/**
 * Checks the own properties of an object for what can be neither hashed nor stored.
 *
 * @module
 */
import { inspect, types } from "node:util";
import type { PlainObject } from "./kinds.ts";

/** Why the members of an object are refused. */
export type FaultKind =
  | "accessor"
  | "hidden"
  | "symbolKey"
  | "hole"
  | "extra"
  | "notText"
  | "cycle"
  | "depth"
  | "nodeInside"
  | "repeated";

/** The fault of an object, and the key where it was found. */
export interface Fault {
  readonly fault: FaultKind;
  readonly key: PropertyKey | undefined;
}

/** Returns the keys of a plain object in their own order, or the fault of its properties. */
export function plainKeys(value: PlainObject): readonly string[] | Fault {
  const names = Object.getOwnPropertyNames(value);
  for (const key of names) {
    const property = Object.getOwnPropertyDescriptor(value, key);
    if (property === undefined) continue;
    if (property.get !== undefined || property.set !== undefined) return { fault: "accessor", key };
    if (property.enumerable !== true) return { fault: "hidden", key };
  }
  const symbols = Object.getOwnPropertySymbols(value);
  return symbols.length === 0 ? names : { fault: "symbolKey", key: symbols[0] };
}

/** Whether `found`, returned by {@linkcode plainKeys} or a similar function, is a fault. */
export function isFault(found: object): found is Fault {
  return "fault" in found;
}

/** Above this many elements, listing all keys would cost more than hashing the elements. */
const MANY = 1000;

// Three times as fast as getOwnPropertyDescriptor, which would more than double the cost of hashing a number.
const lookupGetter: (this: object, key: PropertyKey) => unknown = Reflect.get(Object.prototype, "__lookupGetter__");

/**
 * Returns the fault of the element at `index`, if any, without calling an accessor. A hole and an accessor without a
 * getter read as `undefined`, so only elements that are `undefined` need the slow check.
 */
export function elementFault(array: readonly unknown[], index: number): FaultKind | undefined {
  if (lookupGetter.call(array, index) !== undefined) return index in array ? "accessor" : "hole";
  if (array[index] !== undefined) return undefined;
  const property = Object.getOwnPropertyDescriptor(array, index);
  if (property === undefined) return "hole";
  return property.set === undefined ? undefined : "accessor";
}

/** Returns a fault if the array has a property that is not an element. */
export function extraOfArray(array: readonly unknown[]): Fault | undefined {
  return extraOfList(array, array.length, `[length]: ${array.length}`);
}

/** Returns a fault if the typed array or DataView, or its buffer, has a property that is not an element. */
export function extraOfView(view: ArrayBufferView): Fault | undefined {
  const fault = extraOfBuiltIn(view.buffer);
  if (fault !== undefined) return fault;
  if (!types.isTypedArray(view)) return extraOfBuiltIn(view);
  const { BYTES_PER_ELEMENT, length, byteLength, byteOffset, buffer } = view;
  const ofElements = `[BYTES_PER_ELEMENT]: ${BYTES_PER_ELEMENT}, [length]: ${length}, [byteLength]: ${byteLength}`;
  const ofBuffer = `[byteOffset]: ${byteOffset}, [buffer]: ArrayBuffer { byteLength: ${buffer.byteLength} }`;
  return extraOfList(view, length, `${ofElements}, ${ofBuffer}`);
}

/** `shown` is the inspector's text for the hidden properties of an array that has no extra properties. */
function extraOfList(array: object, length: number, shown: string): Fault | undefined {
  if (length > MANY && elementsAreAll(array, length, shown)) return undefined;
  const keys = Reflect.ownKeys(array);
  // The language fixes the order of own keys: indices, strings in order of insertion ("length" first), symbols.
  const last = keys.at(-1);
  if (last === undefined || last === "length" || last === String(length - 1)) return undefined;
  return { fault: "extra", key: last };
}

/**
 * Whether the inspector shows no properties except the elements. It can omit the elements, so this takes 13 µs, while
 * listing a million keys takes 300 ms. If it shows anything but `expected`, the caller checks the keys.
 */
function elementsAreAll(array: object, length: number, expected: string): boolean {
  const shown = inspect(array, {
    maxArrayLength: 0,
    depth: 0,
    customInspect: false,
    breakLength: Infinity,
    showHidden: true,
  });
  return shown.endsWith(`[ ... ${length} more items, ${expected} ]`);
}

/** Returns a fault if a Map, Set, Date, RegExp, URL or ArrayBuffer has a property that the runtime did not set. */
export function extraOfBuiltIn(value: object): Fault | undefined {
  const own = value instanceof URL ? keysOfUrl() : types.isRegExp(value) ? LAST_INDEX : [];
  const key = Reflect.ownKeys(value).find((key) => !own.includes(key));
  return key === undefined ? undefined : { fault: "extra", key };
}

const LAST_INDEX: readonly PropertyKey[] = ["lastIndex"];
let urlKeys: readonly PropertyKey[] | undefined;

/** Returns the own keys of every URL: the runtime marks URLs by a symbol. */
function keysOfUrl(): readonly PropertyKey[] {
  return urlKeys ??= Reflect.ownKeys(new URL("jug:"));
}
