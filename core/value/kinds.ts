/**
 * The list of the kinds of values, used both for hashing and for storing. So both treat a value as the same kind, and
 * use the same phrase in error messages.
 *
 * @module
 */
import { types } from "node:util";
import { Buffer } from "node:buffer";
import { isSelfValued, type SelfValued } from "../self_valued.ts";
import { type GeneratorMark, isGenerator, isLiveList, isNode, isWrapper, type Node, type Wrapper } from "../brand.ts";

/**
 * The key of a method that returns a string which represents an object in the hash of a task. Nothing else of the
 * object is hashed. The method must not return a promise. The key is `Symbol.for("jug.hash")`, so a class need not
 * import jug. The task's function gets the object itself, not a copy, and must not change it. (If the object also has a
 * method under `VALUE_METHOD`, the function gets what that returns.)
 *
 * This is the counterpart of `__jug_hash__` in Python's jug.
 *
 * @example Usage
 * ```ts
 * import { HASH_METHOD, TaskGenerator } from "jug";
 *
 * class Model {
 *   constructor(readonly name: string, readonly weights: Float64Array) {}
 *   [HASH_METHOD]() {
 *     return this.name;
 *   }
 * }
 * const score = TaskGenerator(function score(model: Model) {
 *   return model.weights.reduce((sum, weight) => sum + weight, 0);
 * });
 *
 * export const scored = score(new Model("small", new Float64Array(100)));
 * ```
 *
 * @category Arguments
 */
export const HASH_METHOD: unique symbol = Symbol.for("jug.hash");

/** An object with a method under {@linkcode HASH_METHOD}. */
export interface SelfHashing {
  /** Returns the hash of the object; anything but a string is refused. */
  [HASH_METHOD](): unknown;
}

/** Whether values of a kind can be hashed and stored, and the texts of error messages. */
export interface KindRule {
  /** Whether a value of this kind may be an argument of a task, or be in one. */
  readonly hash: boolean;
  /** Whether a value of this kind may be a result, or be in one. */
  readonly store: boolean;
  /** The name of the kind in messages, after "is". */
  readonly phrase: string;
  /** What to do instead, for an argument. */
  readonly hashRemedy?: string;
  /** What to do instead, for a result. */
  readonly storeRemedy?: string;
}

function kept(phrase: string): KindRule {
  return { hash: true, store: true, phrase };
}

function argumentOnly(phrase: string, storeRemedy: string): KindRule {
  return { hash: true, store: false, phrase, storeRemedy };
}

function refused(phrase: string, hashRemedy: string, storeRemedy: string = hashRemedy): KindRule {
  return { hash: false, store: false, phrase, hashRemedy, storeRemedy };
}

const KEPT = {
  undefined: kept("undefined"),
  null: kept("null"),
  boolean: kept("a boolean"),
  number: kept("a number"),
  bigint: kept("a bigint"),
  string: kept("a string"),
  array: kept("an array"),
  object: kept("a plain object"),
  map: kept("a Map"),
  set: kept("a Set"),
  date: kept("a Date"),
  regexp: kept("a RegExp"),
  url: kept("a URL"),
  arraybuffer: kept("an ArrayBuffer"),
  view: kept("a typed array or DataView"),
  error: kept("an Error"),
} as const satisfies Record<string, KindRule>;

const ARGUMENT_ONLY = {
  node: argumentOnly("a task or tasklet", "Pass the task to another task as an argument, or return plain data"),
  generator: argumentOnly("a TaskGenerator", "Return its name, or plain data"),
  wrapper: argumentOnly("an argument wrapped by a function of jug", "Return the wrapped value"),
  selfHashing: argumentOnly(
    'an object with a method under Symbol.for("jug.hash")',
    "Return its data as a plain object, and create the instance where it is used",
  ),
  selfValued: argumentOnly(
    'an object with a method under Symbol.for("jug.value")',
    "Return the value of this method as plain data",
  ),
} as const satisfies Record<string, KindRule>;

const REFUSED = {
  promise: refused(
    "a promise",
    "Was an await forgotten? Pass the awaited value",
    "Was an await forgotten? Return the awaited value",
  ),
  symbol: refused("a symbol", "Use a string instead"),
  function: refused(
    "a function",
    "Pass a TaskGenerator, or a name by which the task finds the function",
    "Return data, and create the function where it is used",
  ),
  instance: refused(
    "a class instance",
    'Pass its data as a plain object, or give the class a method [Symbol.for("jug.hash")]() that returns a string',
    "Return its data as a plain object, and create the instance where it is used",
  ),
  boxed: refused("a boxed primitive", "Use the primitive itself: value.valueOf()"),
  disguised: refused("a built-in object whose prototype was replaced", "Use a plain copy, such as new Map(map)"),
  proxy: refused("a Proxy", "Use a plain copy, such as { ...value }"),
  argumentsObject: refused("an arguments object", "Use an array: [...arguments]"),
  sharedBuffer: refused("shared memory (SharedArrayBuffer)", "Use a copy: new Uint8Array(shared).slice()"),
  detachedBuffer: refused("a detached ArrayBuffer", "Use it before it is transferred, or transfer a copy"),
  nodeBuffer: refused("a Node Buffer", "Use a plain typed array: new Uint8Array(buffer)"),
  weak: refused("a weak reference or weak collection", "Use a Map, a Set or the object itself"),
  headers: refused("a Headers object", "Use plain data: [...headers]"),
  response: refused("a Request or Response", "Use its content: await response.text(), .json() or .bytes()"),
  blob: refused("a Blob or File", "Use its bytes: await blob.bytes()"),
  searchParams: refused("a URLSearchParams or FormData object", "Use plain data: [...params]"),
  iterator: refused("an iterator or generator object", "Use an array: [...iterator]"),
} as const satisfies Record<string, KindRule>;

/** All kinds and their rules. docs/results.md shows them as a table. */
export const KINDS = { ...KEPT, ...ARGUMENT_ONLY, ...REFUSED };

/** The name of a kind. */
export type Kind = keyof typeof KINDS;

/** A kind that can be neither hashed nor stored. */
export type RefusedKind = keyof typeof REFUSED;

/** A kind that can be hashed but not stored. */
export type ArgumentOnlyKind = keyof typeof ARGUMENT_ONLY;

/** A value with its kind. */
export type Found =
  | { readonly kind: "undefined"; readonly value: undefined }
  | { readonly kind: "null"; readonly value: null }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "bigint"; readonly value: bigint }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "array"; readonly value: readonly unknown[] }
  | { readonly kind: "object"; readonly value: PlainObject }
  | { readonly kind: "map"; readonly value: ReadonlyMap<unknown, unknown> }
  | { readonly kind: "set"; readonly value: ReadonlySet<unknown> }
  | { readonly kind: "date"; readonly value: Date }
  | { readonly kind: "regexp"; readonly value: RegExp }
  | { readonly kind: "url"; readonly value: URL }
  | { readonly kind: "arraybuffer"; readonly value: ArrayBuffer }
  | { readonly kind: "view"; readonly value: ArrayBufferView<ArrayBuffer> }
  | { readonly kind: "error"; readonly value: Error }
  | { readonly kind: "node"; readonly value: Node }
  | { readonly kind: "generator"; readonly value: GeneratorMark }
  | { readonly kind: "wrapper"; readonly value: Wrapper }
  | { readonly kind: "selfHashing"; readonly value: SelfHashing }
  | { readonly kind: "selfValued"; readonly value: SelfValued }
  | { readonly kind: RefusedKind; readonly value: unknown };

/** A value that can be hashed, with its kind. */
export type Hashable = Exclude<Found, { readonly kind: RefusedKind }>;

/** A value that can be stored, with its kind. */
export type Storable = Exclude<Hashable, { readonly kind: ArgumentOnlyKind }>;

/** Whether values of this kind can be hashed. */
export function isHashable(found: Found): found is Hashable {
  return KINDS[found.kind].hash;
}

/** Whether values of this kind can be stored. */
export function isStorable(found: Found): found is Storable {
  return KINDS[found.kind].store;
}

/** An object that consists of its own string-keyed properties only. */
export type PlainObject = Readonly<Record<string, unknown>>;

/**
 * Returns the kind of `value`, from any realm. For `args`, whose content differs from session to session, it returns a
 * plain copy of the current list.
 *
 * It examines the value only, not its members: see `members.ts` for these.
 */
export function kindOf(value: unknown): Found {
  if (typeof value === "number") return { kind: "number", value };
  if (typeof value === "string") return { kind: "string", value };
  if (typeof value === "boolean") return { kind: "boolean", value };
  if (value === undefined) return { kind: "undefined", value };
  if (value === null) return { kind: "null", value };
  if (typeof value === "object") return kindOfObject(value);
  if (typeof value === "bigint") return { kind: "bigint", value };
  if (typeof value === "symbol") return { kind: "symbol", value };
  return marked(value) ?? { kind: "function", value };
}

/** Whether `value` is a plain object: its own properties under strings are all there is to it. */
export function isPlainObject(value: object): value is Record<string, unknown> {
  return kindOfObject(value).kind === "object";
}

function kindOfObject(value: object): Found {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Array.prototype && Array.isArray(value) && !types.isProxy(value)) return { kind: "array", value };
  const found = marked(value);
  if (found !== undefined) return found;
  if (types.isProxy(value)) return isLiveList(value) ? { kind: "array", value: [...value] } : { kind: "proxy", value };
  const isRoot = prototype === Object.prototype || prototype === null || isForeignRoot(prototype);
  if (isRoot && isPlain(value)) return { kind: "object", value };
  const instance = kindOfInstance(value, prototype);
  return isRoot && instance.kind === "instance" ? { kind: "disguised", value } : instance;
}

/** Returns the kind of a value with one of jug's marks or methods; `undefined` for other values. */
function marked(value: object): Found | undefined {
  if ("jug.kind" in value) {
    if (isNode(value)) return { kind: "node", value };
    if (isGenerator(value)) return { kind: "generator", value };
    if (isWrapper(value)) return { kind: "wrapper", value };
  }
  if (isSelfHashing(value)) return { kind: "selfHashing", value };
  return isSelfValued(value) ? { kind: "selfValued", value } : undefined;
}

/** Whether `value` has a method under {@linkcode HASH_METHOD}. */
export function isSelfHashing(value: object): value is SelfHashing {
  return HASH_METHOD in value && typeof value[HASH_METHOD] === "function";
}

/**
 * Whether the object has no internal state besides its properties. An arguments object has such a state, and so has a
 * Map whose prototype was replaced. An object with its own `Symbol.toStringTag` passes here, but is refused for this
 * symbol key when its members are checked.
 */
function isPlain(value: object): value is PlainObject {
  const tag: unknown = Object.prototype.toString.call(value);
  if (tag !== "[object Object]" && !Object.hasOwn(value, Symbol.toStringTag)) return false;
  if (ArrayBuffer.isView(value) || types.isMap(value) || types.isSet(value)) return false;
  if (types.isPromise(value) || types.isAnyArrayBuffer(value)) return false;
  return !(isEmpty(value) && isRareWithin(value));
}

function isEmpty(value: object): boolean {
  for (const _ in value) return false; // allocates no list of keys
  return true;
}

/**
 * Whether the object is internally of a class whose prototype is rarely replaced. Called for empty objects only, since
 * each check costs 20 ns.
 */
function isRareWithin(value: object): boolean {
  return types.isWeakMap(value) || types.isWeakSet(value) || types.isBigIntObject(value) ||
    types.isSymbolObject(value) || types.isGeneratorObject(value) || types.isMapIterator(value) ||
    types.isSetIterator(value);
}

/** Whether `prototype` is the Object.prototype of another realm. */
function isForeignRoot(prototype: unknown): boolean {
  return typeof prototype === "object" && prototype !== null && Object.getPrototypeOf(prototype) === null &&
    isBuiltIn(prototype, "Object");
}

function kindOfInstance(value: object, prototype: unknown): Found {
  if (Array.isArray(value) && isBuiltIn(prototype, "Array")) return { kind: "array", value };
  if (ArrayBuffer.isView(value)) return kindOfView(value, prototype);
  if (types.isMap(value) && isBuiltIn(prototype, "Map")) return { kind: "map", value };
  if (types.isSet(value) && isBuiltIn(prototype, "Set")) return { kind: "set", value };
  if (types.isDate(value) && isBuiltIn(prototype, "Date")) return { kind: "date", value };
  if (types.isRegExp(value) && isBuiltIn(prototype, "RegExp")) return { kind: "regexp", value };
  if (types.isNativeError(value) || value instanceof Error) return { kind: "error", value };
  if (types.isSharedArrayBuffer(value)) return { kind: "sharedBuffer", value };
  if (types.isArrayBuffer(value) && isBuiltIn(prototype, "ArrayBuffer")) {
    return value.detached ? { kind: "detachedBuffer", value } : { kind: "arraybuffer", value };
  }
  if (value instanceof URL && prototype === URL.prototype) return { kind: "url", value };
  return { kind: refusedKindOf(value), value };
}

function kindOfView(value: ArrayBufferView, prototype: unknown): Found {
  if (Buffer.isBuffer(value)) return { kind: "nodeBuffer", value };
  if (!isBuiltIn(prototype, viewName(value))) return { kind: "instance", value };
  if (!isOverOwnMemory(value)) return { kind: "sharedBuffer", value };
  return value.buffer.detached ? { kind: "detachedBuffer", value } : { kind: "view", value };
}

function isOverOwnMemory(view: ArrayBufferView): view is ArrayBufferView<ArrayBuffer> {
  return types.isArrayBuffer(view.buffer);
}

/** Returns the built-in type of `view` (`Float64Array`, `DataView`, …), also for an instance of a subclass. */
export function viewName(view: ArrayBufferView): string {
  return types.isTypedArray(view) ? view[Symbol.toStringTag] : "DataView";
}

/** Whether `prototype` is that of the built-in class `name`, of this realm or another, and not that of a subclass. */
function isBuiltIn(prototype: unknown, name: string): boolean {
  if (typeof prototype !== "object" || prototype === null) return false;
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  return typeof constructor === "function" && constructor.name === name && isNative(constructor);
}

function isNative(fn: object): boolean {
  return Function.prototype.toString.call(fn).endsWith("{ [native code] }");
}

function refusedKindOf(value: object): RefusedKind {
  if (types.isPromise(value) || ("then" in value && typeof value.then === "function")) return "promise";
  if (types.isBoxedPrimitive(value)) return "boxed";
  if (types.isArgumentsObject(value)) return "argumentsObject";
  if (types.isWeakMap(value) || types.isWeakSet(value) || value instanceof WeakRef) return "weak";
  if (value instanceof Headers) return "headers";
  if (value instanceof Response || value instanceof Request) return "response";
  if (value instanceof Blob) return "blob";
  if (value instanceof URLSearchParams || value instanceof FormData) return "searchParams";
  if ("next" in value && typeof value.next === "function") return "iterator";
  return "instance";
}
