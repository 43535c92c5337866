/**
 * What an object holds: its own properties, and whatever about them could be neither hashed nor stored.
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

/** What is wrong with an object, and under which key. */
export interface Fault {
  readonly fault: FaultKind;
  readonly key: PropertyKey | undefined;
}

/** The keys of a plain object in their own order, or what is wrong with them. */
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

/** Whether {@linkcode plainKeys} and its like found a fault. */
export function isFault(found: object): found is Fault {
  return "fault" in found;
}

/** Above this many elements, listing all keys would cost more than hashing the elements. */
const MANY = 1000;

// Three times as fast as asking for a descriptor, which would more than double what hashing a number costs.
const lookupGetter: (this: object, key: PropertyKey) => unknown = Reflect.get(Object.prototype, "__lookupGetter__");

/**
 * What is wrong with the element at `index`, if anything; an accessor is not called for that. One that can only be set reads as
 * `undefined`, so only what does is asked for more.
 */
export function elementFault(array: readonly unknown[], index: number): FaultKind | undefined {
  if (lookupGetter.call(array, index) !== undefined) return index in array ? "accessor" : "hole";
  if (array[index] !== undefined) return undefined;
  const property = Object.getOwnPropertyDescriptor(array, index);
  if (property === undefined) return "hole";
  return property.set === undefined ? undefined : "accessor";
}

/** A property of an array that is not an element, if there is one. */
export function extraOfArray(array: readonly unknown[]): Fault | undefined {
  return extraOfList(array, array.length, `[length]: ${array.length}`);
}

/** A property of a typed array or DataView that is not an element, or one of its buffer, if there is one. */
export function extraOfView(view: ArrayBufferView): Fault | undefined {
  const fault = extraOfBuiltIn(view.buffer);
  if (fault !== undefined) return fault;
  if (!types.isTypedArray(view)) return extraOfBuiltIn(view);
  const { BYTES_PER_ELEMENT, length, byteLength, byteOffset, buffer } = view;
  const ofElements = `[BYTES_PER_ELEMENT]: ${BYTES_PER_ELEMENT}, [length]: ${length}, [byteLength]: ${byteLength}`;
  const ofBuffer = `[byteOffset]: ${byteOffset}, [buffer]: ArrayBuffer { byteLength: ${buffer.byteLength} }`;
  return extraOfList(view, length, `${ofElements}, ${ofBuffer}`);
}

/** `shown` is what the inspector shows of an array's hidden properties where it has none of its own. */
function extraOfList(array: object, length: number, shown: string): Fault | undefined {
  if (length > MANY && elementsAreAll(array, length, shown)) return undefined;
  const keys = Reflect.ownKeys(array);
  // The order of own keys is fixed by the language: indices, then strings as they came ("length" first), then symbols.
  const last = keys.at(-1);
  if (last === undefined || last === "length" || last === String(length - 1)) return undefined;
  return { fault: "extra", key: last };
}

/**
 * Asks the inspector, which can leave out the elements: 13 µs where a million keys take 300 ms. Where it shows anything else than
 * `expected`, the keys decide.
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

/** A property of a Map, Set, Date, RegExp, URL or ArrayBuffer that the platform did not give it. */
export function extraOfBuiltIn(value: object): Fault | undefined {
  const own = value instanceof URL ? keysOfUrl() : types.isRegExp(value) ? LAST_INDEX : [];
  const key = Reflect.ownKeys(value).find((key) => !own.includes(key));
  return key === undefined ? undefined : { fault: "extra", key };
}

const LAST_INDEX: readonly PropertyKey[] = ["lastIndex"];
let urlKeys: readonly PropertyKey[] | undefined;

/** The runtime marks its URLs by a symbol. */
function keysOfUrl(): readonly PropertyKey[] {
  return urlKeys ??= Reflect.ownKeys(new URL("jug:"));
}
