import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Node } from "../../../core/brand.ts";
import { isHash } from "../../../core/brand.ts";
import { isJugError } from "../../../core/errors.ts";
import { hashTask, hashValue } from "../../../core/value/hash.ts";
import { encodePayload } from "../../../core/value/payload.ts";

class Point {
  constructor(readonly x: number) {}
}
class Table extends Map {}
class SelfHashing {
  [Symbol.for("jug.hash")](): string {
    return "mine";
  }
}

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    assert(isJugError(error), String(error));
    assert.equal(error.kind, "usage");
    assert(error.remedy !== undefined && error.message.endsWith(`\n  ${error.remedy}`));
    return error.message;
  }
  assert.fail("nothing was refused");
}

function asArgument(value: unknown): string {
  return messageOf(() => hashTask({ name: "m.f", version: undefined, args: [1, { options: [value] }] }));
}

function asResult(value: unknown): string {
  return messageOf(() => encodePayload({ options: [value] }, "m.f"));
}

function someArguments(..._: number[]): unknown {
  return arguments;
}

function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

function detachedView(): Uint8Array {
  const view = new Uint8Array(8);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
}

function task(): Node {
  const hash = "a".repeat(40);
  assert(isHash(hash));
  return { "jug.kind": "task", hash, name: "m.dep" };
}

/** Yields objects with internal state whose prototype was replaced, so that they look like plain objects. */
function* disguised(): Generator<readonly [title: string, value: unknown, clause: string, remedy: RegExp]> {
  const replaced = "is a built-in object whose prototype was replaced";
  for (const [prototype, name] of [[null, "no"], [Object.prototype, "Object's"]] as const) {
    const made = (value: object) => Object.setPrototypeOf(value, prototype);
    yield [`a Map with ${name} prototype`, made(new Map([[1, 2]])), replaced, /new Map\(map\)/];
    yield [`a Map with ${name} prototype and a property`, made(Object.assign(new Map(), { a: 1 })), replaced, /copy/];
    yield [`a Set with ${name} prototype`, made(new Set([1])), replaced, /copy/];
    yield [`a Date with ${name} prototype`, made(new Date(0)), replaced, /copy/];
    yield [`a RegExp with ${name} prototype`, made(/x/), replaced, /copy/];
    yield [`an array with ${name} prototype`, made([1]), replaced, /copy/];
    yield [`an ArrayBuffer with ${name} prototype`, made(new ArrayBuffer(8)), replaced, /copy/];
    yield [`a typed array with ${name} prototype`, made(new Uint8Array(8)), replaced, /copy/];
    yield [`a promise with ${name} prototype`, made(Promise.resolve(1)), "is a promise", /forgotten/];
    yield [`a boxed number with ${name} prototype`, made(Object(1)), "is a boxed primitive", /valueOf/];
    yield [`a boxed bigint with ${name} prototype`, made(Object(1n)), "is a boxed primitive", /valueOf/];
    yield [`a WeakMap with ${name} prototype`, made(new WeakMap()), "is a weak reference or weak collection", /Map/];
  }
}

/** Values refused both as an argument and as a result, with the reason, and a word of the remedy. */
const REFUSED: readonly (readonly [title: string, value: unknown, clause: string, remedy: RegExp])[] = [
  ["a promise", Promise.resolve(1), "is a promise", /forgotten/],
  [
    "a thenable",
    new (class Later {
      then() {}
    })(),
    "is a promise",
    /forgotten/,
  ],
  ["a symbol", Symbol("x"), "is a symbol", /string/],
  ["a function", () => 1, "is a function", /function/],
  ["a class", Point, "is a function", /function/],
  ["a class instance", new Point(1), "is an instance of class Point", /plain object/],
  ["a subclass of Map", new Table(), "is an instance of class Table", /plain object/],
  ["a subclass of Array", new (class List extends Array {})(), "is an instance of class List", /plain object/],
  ["a subclass of Date", new (class Day extends Date {})(), "is an instance of class Day", /plain object/],
  [
    "a subclass of Uint8Array",
    new (class Blob8 extends Uint8Array {})(),
    "is an instance of class Blob8",
    /plain object/,
  ],
  ["an object with another prototype", Object.create({ a: 1 }), "is an instance of class Object", /plain object/],
  ["a boxed number", Object(1), "is a boxed primitive", /valueOf/],
  ...disguised(),
  ["a Proxy", new Proxy({}, {}), "is a Proxy", /plain copy/],
  ["a Proxy of an array", new Proxy([], {}), "is a Proxy", /plain copy/],
  ["an arguments object", someArguments(1), "is an arguments object", /\[\.\.\.arguments\]/],
  ["a SharedArrayBuffer", new SharedArrayBuffer(8), "is shared memory (SharedArrayBuffer)", /slice/],
  [
    "a view of shared memory",
    new Uint8Array(new SharedArrayBuffer(8)),
    "is shared memory (SharedArrayBuffer)",
    /slice/,
  ],
  ["a detached ArrayBuffer", detached(), "is a detached ArrayBuffer", /transfer/],
  ["a view of a detached ArrayBuffer", detachedView(), "is a detached ArrayBuffer", /transfer/],
  ["a Node Buffer", Buffer.from("x"), "is a Node Buffer", /new Uint8Array\(buffer\)/],
  ["a WeakMap", new WeakMap(), "is a weak reference or weak collection", /Map/],
  ["a WeakRef", new WeakRef({}), "is a weak reference or weak collection", /Map/],
  ["a Headers object", new Headers(), "is a Headers object", /\[\.\.\.headers\]/],
  ["a Response", new Response("x"), "is a Request or Response", /\.text\(\)/],
  ["a Request", new Request("http://x/"), "is a Request or Response", /\.text\(\)/],
  ["a Blob", new Blob(["x"]), "is a Blob or File", /bytes/],
  ["a File", new File(["x"], "n"), "is a Blob or File", /bytes/],
  ["a URLSearchParams", new URLSearchParams(), "is a URLSearchParams or FormData object", /\[\.\.\.params\]/],
  ["a generator object", (function* () {})(), "is an iterator or generator object", /\[\.\.\.iterator\]/],
  ["an iterator", [1].values(), "is an iterator or generator object", /\[\.\.\.iterator\]/],
];

for (const [title, value, clause, remedy] of REFUSED) {
  Deno.test(`${title} is refused as an argument and as a result, with place and remedy`, () => {
    const [argument, result] = [asArgument(value), asResult(value)];
    assert(argument.startsWith(`m.f: argument 2.options[0] ${clause}, which cannot be hashed\n  `), argument);
    assert(result.startsWith(`m.f: result.options[0] ${clause}, which cannot be stored\n  `), result);
    assert.match(argument, remedy);
    assert.match(result, remedy);
  });
}

const sparse = [1, 2];
sparse.length = 3;

type FaultCase = readonly [title: string, value: unknown, step: string, clause: string];

/** Yields faults that a traversal could miss, since the value looks valid without them. */
function* moreFaults(): Generator<FaultCase> {
  const extra = "is an extra property on a built-in object";
  const accessor = "is an accessor property (get or set)";
  const text = "is not a string, as an Error's name and message must be";
  const hidden = { value: 1 };
  const symbol = Symbol("s");
  const long = () => Array.from({ length: 5000 }, (_, i) => i);
  yield ["a property of a URL", Object.assign(new URL("http://x/"), { token: 1 }), ".token", extra];
  yield ["a symbol key of a URL", Object.assign(new URL("http://x/"), { [symbol]: 1 }), "[Symbol(s)]", extra];
  yield ["lastIndex of a Date", Object.assign(new Date(0), { lastIndex: 1 }), ".lastIndex", extra];
  yield ["a hidden property of an array", Object.defineProperty([1], "note", hidden), ".note", extra];
  yield ["a hidden property of a long array", Object.defineProperty(long(), "note", hidden), ".note", extra];
  yield ["a hidden symbol of a long array", Object.defineProperty(long(), symbol, hidden), "[Symbol(s)]", extra];
  const floats = Object.defineProperty(new Float64Array(5000), "note", hidden);
  yield ["a hidden property of a long typed array", floats, ".note", extra];
  const bytes = new Uint8Array(8);
  Object.assign(bytes.buffer, { note: 1 });
  yield ["a property of a typed array's buffer", bytes, ".note", extra];
  for (const [name, list] of [["an", [1, 2, 3]], ["a long", long()]] as const) {
    const getter = { get: () => assert.fail("the getter was called"), enumerable: true };
    yield [`an element of ${name} array with a getter`, Object.defineProperty([...list], 1, getter), "[1]", accessor];
    const setter = { set: () => {}, enumerable: true };
    yield [`an element of ${name} array with a setter`, Object.defineProperty([...list], 1, setter), "[1]", accessor];
  }
  yield ["a message that is an object", Object.assign(new Error(), { message: { code: 1 } }), ".message", text];
  yield ["a message that is a number", Object.assign(new Error(), { message: 5 }), ".message", text];
  yield ["a name that is an object", Object.assign(new Error(), { name: {} }), ".name", text];
  yield ["an Error without a prototype", Object.setPrototypeOf(new Error("x"), null), ".name", text];
  yield [
    "a message with a getter",
    Object.defineProperty(new Error(), "message", { get: () => "" }),
    ".message",
    accessor,
  ];
}

/** Faults of members, with the path from the value to the member, and the reason. */
const FAULTS: readonly FaultCase[] = [
  [
    "a getter",
    {
      get a() {
        return 1;
      },
    },
    ".a",
    "is an accessor property (get or set)",
  ],
  [
    "a setter",
    Object.defineProperty({}, "a", { set: () => {}, enumerable: true }),
    ".a",
    "is an accessor property (get or set)",
  ],
  ["a hidden property", Object.defineProperty({}, "a", { value: 1 }), ".a", "is a property that is not enumerable"],
  ["a symbol key", { [Symbol("s")]: 1 }, "[Symbol(s)]", "is a property under a symbol"],
  [
    "a symbol key of an error",
    Object.assign(new Error(), { [Symbol("s")]: 1 }),
    "[Symbol(s)]",
    "is a property under a symbol",
  ],
  ...moreFaults(),
  [
    "a getter of an error",
    Object.defineProperty(new Error(), "a", { get: () => 1 }),
    ".a",
    "is an accessor property (get or set)",
  ],
  ["a hole", sparse, "[2]", "is a hole in a sparse array"],
  ["a property of an array", Object.assign([1], { note: 1 }), ".note", "is an extra property on a built-in object"],
  [
    "a property of an empty array",
    Object.assign([], { note: 1 }),
    ".note",
    "is an extra property on a built-in object",
  ],
  ["a match", "abc".match(/b/), ".groups", "is an extra property on a built-in object"],
  [
    "a property of a long array",
    Object.assign(Array.from({ length: 5000 }, () => 0), { note: 1 }),
    ".note",
    "is an extra property on a built-in object",
  ],
  [
    "a property of a typed array",
    Object.assign(new Uint8Array(2), { note: 1 }),
    ".note",
    "is an extra property on a built-in object",
  ],
  [
    "a property of a long typed array",
    Object.assign(new Float64Array(5000), { shape: [50, 100] }),
    ".shape",
    "is an extra property on a built-in object",
  ],
  [
    "a property of a DataView",
    Object.assign(new DataView(new ArrayBuffer(2)), { note: 1 }),
    ".note",
    "is an extra property on a built-in object",
  ],
  ["a property of a Map", Object.assign(new Map(), { note: 1 }), ".note", "is an extra property on a built-in object"],
  ["a property of a Set", Object.assign(new Set(), { note: 1 }), ".note", "is an extra property on a built-in object"],
  [
    "a property of a Date",
    Object.assign(new Date(), { note: 1 }),
    ".note",
    "is an extra property on a built-in object",
  ],
  ["a property of a RegExp", Object.assign(/x/, { note: 1 }), ".note", "is an extra property on a built-in object"],
  [
    "a property of an ArrayBuffer",
    Object.assign(new ArrayBuffer(1), { note: 1 }),
    ".note",
    "is an extra property on a built-in object",
  ],
];

for (const [title, value, step, clause] of FAULTS) {
  Deno.test(`${title} is refused as an argument and as a result, with place and remedy`, () => {
    const [argument, result] = [asArgument(value), asResult(value)];
    assert(argument.startsWith(`m.f: argument 2.options[0]${step} ${clause}, which cannot be hashed\n  `), argument);
    assert(result.startsWith(`m.f: result.options[0]${step} ${clause}, which cannot be stored\n  `), result);
  });
}

Deno.test("two different functions under the same property name are refused, not treated as equal", () => {
  for (const onDone of [() => 1, () => 2]) {
    assert.match(
      messageOf(() => hashTask({ name: "primes.isPrime", version: undefined, args: [3, { options: { onDone } }] })),
      /^primes\.isPrime: argument 2\.options\.onDone is a function, which cannot be hashed\n/,
    );
  }
});

Deno.test("the place in a refusal is written as an expression of JavaScript", () => {
  const f = () => 1;
  assert.match(messageOf(() => hashValue(f)), /^value is a function/);
  assert.match(messageOf(() => hashValue({ "two words": f })), /^value\["two words"\] is/);
  assert.match(messageOf(() => hashValue(new Map([["k", [f]]]))), /^value\.get\("k"\)\[0\] is/);
  assert.match(messageOf(() => hashValue(new Map([[f, 1]]))), /^value\.keys\(\)\[0\] is/);
  assert.match(messageOf(() => hashValue(new Set([1, f]))), /^value\.values\(\)\[1\] is/);
  assert.match(messageOf(() => hashValue(new Error("x", { cause: { f } }))), /^value\.cause\.f is/);
  assert.match(messageOf(() => encodePayload({ rows: [0, 1, 2, { f }] }, "m.f")), /^m\.f: result\.rows\[3\]\.f is/);
});

Deno.test("a cycle is refused as an argument", () => {
  const parent: { children: unknown[] } = { children: [] };
  parent.children.push({ parent });
  assert.match(
    asArgument(parent),
    /argument 2\.options\[0\]\.children\[0\]\.parent refers back to an object that contains it/,
  );
});

Deno.test("nesting deeper than a thousand levels is refused as an argument and as a result", () => {
  let deep: unknown = 1;
  for (let i = 0; i < 20_000; i++) deep = [deep];
  assert.match(asArgument(deep), /is nested more than 1000 levels deep, which cannot be hashed/);
  assert.match(asResult(deep), /is nested more than 1000 levels deep, which cannot be stored/);
});

Deno.test("a task in a Map, a Set or an Error is refused as an argument", () => {
  for (const holder of [new Map([["k", task()]]), new Set([[task()]]), new Error("x", { cause: task() })]) {
    assert.match(asArgument(holder), /is a task inside a Map, Set or Error, .*\n {2}Pass an array or a plain object/);
  }
});

Deno.test("a value that is allowed only as an argument is refused as a result", () => {
  const wrapper = { "jug.kind": "wrapper", wrapper: "shared", hashAs: { kind: "nothing" } };
  assert.match(
    asResult(task()),
    /result\.options\[0\] is a task or tasklet, which cannot be stored\n {2}Pass the task/,
  );
  assert.match(asResult({ "jug.kind": "generator", taskName: "m.g" }), /is a TaskGenerator, which cannot be stored/);
  assert.match(asResult(wrapper), /is an argument wrapped by a function of jug, which cannot be stored/);
  assert.match(asResult(new SelfHashing()), /is an object with a method under Symbol.for\("jug.hash"\), which/);
});

Deno.test("a hash method that does not return a string is refused", () => {
  const value = { [Symbol.for("jug.hash")]: () => Promise.resolve("x") };
  assert.match(asArgument(value), /^m\.f: the hash method of argument 2\.options\[0\] returned object, not a string\n/);
});
