import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import vm from "node:vm";
import type { Hash, Node, Wrapper, WrapperHash } from "../../../core/brand.ts";
import { isHash } from "../../../core/brand.ts";
import { hashTask, hashTasklet, hashValue } from "../../../core/value/hash.ts";

function hashOf(text: string): Hash {
  assert(isHash(text));
  return text;
}

function node(kind: "task" | "tasklet", digit: string, name = "m.dep"): Node {
  return { "jug.kind": kind, hash: hashOf(digit.repeat(40)), name };
}

function wrapper(hashAs: WrapperHash): Wrapper {
  return { "jug.kind": "wrapper", wrapper: "test", hashAs };
}

function task(...args: unknown[]): string {
  return hashTask({ name: "m.f", version: undefined, args }).hash;
}

const generator = { "jug.kind": "generator", taskName: "m.g", version: undefined } as const;
const bytes = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);

const GOLDEN: readonly (readonly [title: string, value: unknown, digest: string])[] = [
  ["undefined", undefined, "04f6c85634332449221e6b4eb6f997d369df5a7d"],
  ["null", null, "dd053632aaed7f8d1cb25524d015f1642621b88d"],
  ["true", true, "229388180edbb55c9b71190c8065f194f55c0634"],
  ["false", false, "83830b4496cca29e7e090bcfda9f955f3b4b3980"],
  ["zero", 0, "6e3a7d354ea7bf45f6e4d2d625836d2527699340"],
  ["a number", 3.5, "635f80a4c2a0c1841edfb612303cd2119481a37d"],
  ["NaN", NaN, "e55b1e60338dc2eaa7d4cc8466e6ebe2f1aedd3a"],
  ["a bigint", -(2n ** 70n), "0d478ba769b08f8876f82bb20b0cc0585eb0553f"],
  ["an empty string", "", "2b9a50dfc3bc4282f6f75e0bc86b856a7a142dca"],
  ["a string of one-byte units", "Grüße", "d83023ddc94e503c69d5dc8069c95ef13cadaf40"],
  ["a string of two-byte units", "Ωmega 😀", "cfdf3ed686a026d7ce8054879b35cbd5aa4a445a"],
  ["a lone surrogate", "\ud800", "955d34b6d255b9ce2b8b5ecca36c52956426b0c7"],
  ["an array", [1, "a", [null]], "fdd3f55da3883c57fc782b1521b5d7405632dcdb"],
  ["an object", { b: 1, a: { c: undefined } }, "915c974d64ae2bfb6e54abf8cd6d73ae1f06e640"],
  ["a Map", new Map<unknown, unknown>([["k", 1], [{ a: 1 }, [2]]]), "76609dc1d80422bc37d8887e61887153ad47fb20"],
  ["a Set", new Set([3, "x", true]), "be8a66c47e6970d255d7cd120aa559a226eaf1c8"],
  ["a Date", new Date(86400000), "9cf1393a527638a4101a2d24a083d103c68418cd"],
  ["an invalid Date", new Date(NaN), "61d12a9415768fd19c0f3188429c1e0459ae4be3"],
  ["a RegExp", /a+b/gi, "a2ab40ed082186e2e56fc0090a4274776fe1ebd9"],
  ["a URL", new URL("https://example.org/a?b#c"), "950cfda2d6592cbff1107b849bcae19ac7f1f018"],
  ["an ArrayBuffer", bytes.buffer, "25e6c464abdbf100b7fb02245499f65acef5fb83"],
  ["an Int8Array", new Int8Array(bytes.buffer), "86835bc1229d94cbcbe2c0be3362b5887b749a99"],
  ["a Uint8Array", bytes, "9b39a174ade3de1dd15208370d9b5019ea5ae324"],
  ["a Uint8ClampedArray", new Uint8ClampedArray(bytes.buffer), "232284004140c6b93f99ff9b0b09225c63829bd0"],
  ["an Int16Array", new Int16Array(bytes.buffer), "a469f0dcae05e08acb95b35337027af9053ffa52"],
  ["a Uint16Array", new Uint16Array(bytes.buffer), "5ddc0809af936192e5626e9ed4ae69f0d744d2fa"],
  ["an Int32Array", new Int32Array(bytes.buffer), "9aabadc9c4286d9084a607767375c6d17a3ca9cd"],
  ["a Uint32Array", new Uint32Array(bytes.buffer), "fe2febf395b769ba251662512d873309f48cea42"],
  ["a Float16Array", new Float16Array(bytes.buffer), "3cd973207b4acf25f961b13ec8e232e7b7e1ba3e"],
  ["a Float32Array", new Float32Array(bytes.buffer), "42a15732ab6012151246a53fb29e21a9c4612d4d"],
  ["a Float64Array", new Float64Array(bytes.buffer), "71183e98b9b284e119599a9e66d0f2184587e8ad"],
  ["a BigInt64Array", new BigInt64Array(bytes.buffer), "e4322be9844542f0c2c384a9485939ce7df64ed0"],
  ["a BigUint64Array", new BigUint64Array(bytes.buffer), "84410f0fa77309b775ac1450745ad15a2025e9ee"],
  ["a DataView", new DataView(bytes.buffer, 2, 3), "16c629e789d56c400e1d5b98225e6d67a94fde4a"],
  ["a long typed array", new Uint8Array(100_000).fill(7), "9650409d664ee033b2121e3427110525d1ca4792"],
  [
    "an Error",
    Object.assign(new RangeError("far", { cause: 1 }), { code: "E" }),
    "7730b50b40f67a2a5841ffebcec2bdc543e7702c",
  ],
  ["a task", node("task", "a"), "3e24ab91842fb9fbff8de6d6b027571a171616e7"],
  ["a tasklet", node("tasklet", "a"), "e90b4970ef23907593013519c347357ebb198c90"],
  ["a TaskGenerator", generator, "8887d690c0db3d46c9e2c512b348448ab85d2875"],
  ["a TaskGenerator with a version", { ...generator, version: "2" }, "71dffb89a114e241f78cc5d9a1dcdc45b3370e87"],
  [
    "an object with its own hash method",
    { [Symbol.for("jug.hash")]: () => "mine" },
    "e77fc8d0cba968d84a4de7ab18f50ff5a3f6f84e",
  ],
  ["a wrapper that is not hashed", wrapper({ kind: "nothing" }), "07491ebf841dfaacd67a2e85285066b36000387c"],
  ["a wrapper with a digest", wrapper({ kind: "digest", digest: "d1" }), "befa813b0dcd2ac8df78a0ee8a2702d3e50d0d5e"],
  [
    "a labelled task",
    wrapper({ kind: "node", label: "noLoad", node: node("task", "b") }),
    "ee0aff5d06faac39bfe9776b08a0611eef32e5ce",
  ],
];

for (const [title, value, digest] of GOLDEN) {
  Deno.test(`hashValue of ${title} stays compatible with stored data`, () => assert.equal(hashValue(value), digest));
}

Deno.test("no two values of the golden list share a digest", () => {
  assert.equal(new Set(GOLDEN.map(([, value]) => hashValue(value))).size, GOLDEN.length);
});

Deno.test("hashTask stays compatible with stored data", () => {
  assert.equal(
    hashTask({ name: "primes.isPrime", version: undefined, args: [7] }).hash,
    "8585ac993cab6e0fcc5ed3265f1666539500b3a8",
  );
  assert.equal(
    hashTask({ name: "primes.isPrime", version: "2", args: [7, { a: [1] }] }).hash,
    "b36a0b63268cc6d6174258f69b5fa3ff885369db",
  );
});

Deno.test("hashTasklet stays compatible with stored data", () => {
  const base = node("task", "c");
  assert.equal(hashTasklet(base, { kind: "get", key: "rows" }).hash, "abf4d401a748558bb909f75932043a6cf05f28b6");
  assert.equal(
    hashTasklet(base, { kind: "call", name: "m.h", version: "1", args: [1] }).hash,
    "2de8880f879d069c299459609460e43ae74557b6",
  );
});

// A second encoder, small and slow, written only from docs/hash.md, independent of the first.

function spec(...parts: readonly (string | number[] | Uint8Array)[]): string {
  const sha = createHash("sha256").update("jug").update(new Uint8Array([1]));
  for (const part of parts) sha.update(typeof part === "string" ? part : new Uint8Array(part));
  return sha.digest("hex").slice(0, 40);
}

function f64(x: number): Uint8Array {
  return new Uint8Array(new Float64Array([x]).buffer);
}

Deno.test("a digest can be derived from docs/hash.md: a task with a number", () => {
  assert.equal(
    hashTask({ name: "primes.isPrime", version: undefined, args: [7] }).hash,
    spec("Ts", [14], "primes.isPrime", "u", [1], "n", f64(7)),
  );
});

Deno.test("a digest can be derived from docs/hash.md: version, sorted keys, wide and long strings, trailing undefined", () => {
  const long = "x".repeat(300);
  assert.equal(
    hashTask({ name: "f", version: "v", args: [{ b: long, a: "Ω" }, undefined] }).hash,
    spec("Ts", [1], "fs", [1], "v", [1], "o", [2], "s", [1], "aS", [1, 0xa9, 0x03], "s", [1], "bs", [0xac, 2], long),
  );
});

Deno.test("a digest can be derived from docs/hash.md: a Map, a Set, a bigint and a typed array", () => {
  const digest = (...parts: readonly (string | Uint8Array)[]) => {
    const sha = createHash("sha256");
    for (const part of parts) sha.update(part);
    return sha.digest("hex");
  };
  const entries = [digest("s\x01a", "n", f64(1)), digest("s\x01b", "t")].sort();
  assert.equal(hashValue(new Map<string, unknown>([["b", true], ["a", 1]])), spec("vm", [2], entries.join("")));
  const elements = [digest("n", f64(2)), digest("n", f64(1))].sort();
  assert.equal(hashValue(new Set([1, 2])), spec("ve", [2], elements.join("")));
  assert.equal(hashValue(-255n), spec("vis", [3], "-ff"));
  assert.equal(hashValue(new Uint16Array([258])), spec("vys", [11], "Uint16Array", [2, 2, 1]));
});

Deno.test("a digest can be derived from docs/hash.md: tasks and tasklets", () => {
  const base = node("task", "c");
  assert.equal(hashTasklet(base, { kind: "get", key: 3 }).hash, spec("gT", base.hash, "n", f64(3)));
  const call = { kind: "call", name: "m.h", version: undefined, args: [node("tasklet", "d")] } as const;
  assert.equal(
    hashTasklet(base, call).hash,
    spec("cT", base.hash, "s", [3], "m.h", "u", [1], "L", "d".repeat(40)),
  );
});

Deno.test("hashTask drops undefined only at the end of the arguments", () => {
  assert.equal(task(1, undefined, undefined), task(1));
  assert.equal(task(1, wrapper({ kind: "value", value: undefined })), task(1));
  assert.notEqual(task(undefined, 1), task(1));
  assert.notEqual(task(null), task());
});

Deno.test("hashTask distinguishes name, version and arguments", () => {
  const of = (name: string, version: string | undefined, ...args: unknown[]) => hashTask({ name, version, args }).hash;
  const all = [
    of("f", undefined),
    of("g", undefined),
    of("f", "1"),
    of("f", "2"),
    of("f", undefined, "1"),
    of("f", ""),
  ];
  assert.equal(new Set(all).size, all.length);
});

Deno.test("equal values have equal hashes", () => {
  assert.equal(hashValue(-0), hashValue(0));
  assert.equal(hashValue({ a: 1, b: 2 }), hashValue({ b: 2, a: 1 }));
  assert.equal(hashValue(Object.assign(Object.create(null), { a: 1 })), hashValue({ a: 1 }));
  assert.equal(hashValue(new Set([1, 2])), hashValue(new Set([2, 1])));
  assert.equal(hashValue(new Uint8Array(bytes.buffer, 2, 2)), hashValue(new Uint8Array([3, 4])));
  assert.equal(hashValue(wrapper({ kind: "value", value: [1] })), hashValue([1]));
});

Deno.test("similar values have different hashes", () => {
  const alike = [{}, { a: undefined }, [], [undefined], "", "1", 1, 1n, true, new Map(), new Set(), "\ud800", "\ufffd"];
  assert.equal(new Set(alike.map(hashValue)).size, alike.length);
  assert.notEqual(hashValue([[1], 2]), hashValue([[1, 2]]));
  assert.notEqual(hashValue(["ab", "c"]), hashValue(["a", "bc"]));
});

Deno.test("values of another realm have the same hashes as those of this realm", () => {
  const foreign: unknown = vm.runInNewContext(
    "({ a: [1], m: new Map([[1, 2]]), d: new Date(0), u: new Uint8Array(3), r: /x/g, e: new TypeError('no') })",
  );
  const here = {
    a: [1],
    m: new Map([[1, 2]]),
    d: new Date(0),
    u: new Uint8Array(3),
    r: /x/g,
    e: new TypeError("no"),
  };
  assert.equal(hashValue(foreign), hashValue(here));
});

Deno.test("an error's stack and a RegExp's lastIndex do not affect the hash", () => {
  const one = new Error("x");
  const other = new Error("x");
  other.stack = "elsewhere";
  assert.equal(hashValue(one), hashValue(other));
  const searched = /a/g;
  searched.test("aa");
  assert.equal(hashValue(searched), hashValue(/a/g));
});

Deno.test("hashTask returns the tasks in the arguments as dependencies, in order, each once", () => {
  const [a, b, c] = [node("task", "a"), node("tasklet", "b"), node("task", "c")];
  const args = [[b, { x: a }], b, wrapper({ kind: "node", label: "noLoad", node: c }), a];
  assert.deepEqual(hashTask({ name: "f", version: undefined, args }).dependencies, [b, a, c]);
});

Deno.test("hashTask removes duplicates among many dependencies", () => {
  const many = Array.from(
    { length: 500 },
    (_, i) => ({ ...node("task", "0"), hash: hashOf(String(i).padStart(40, "0")) }),
  );
  const { dependencies } = hashTask({ name: "f", version: undefined, args: [many, many, [...many].reverse()] });
  assert.deepEqual(dependencies, many);
});

Deno.test("hashTask returns the same frozen empty list for all tasks without dependencies", () => {
  const [one, other] = [1, 2].map((n) => hashTask({ name: "f", version: undefined, args: [n] }).dependencies);
  assert.equal(one, other);
  assert(Object.isFrozen(one));
});

Deno.test("hashTasklet returns as dependencies its base, then the tasks in its arguments", () => {
  const [base, dep] = [node("task", "a"), node("task", "b")];
  assert.deepEqual(hashTasklet(base, { kind: "get", key: "x" }).dependencies, [base]);
  const call = { kind: "call", name: "m.h", version: undefined, args: [dep, base] } as const;
  assert.deepEqual(hashTasklet(base, call).dependencies, [base, dep]);
});

Deno.test("a value's own hash method may hash tasks while the value is hashed", () => {
  const value = { [Symbol.for("jug.hash")]: () => task("inner", [1, 2, 3]) };
  const plain = { [Symbol.for("jug.hash")]: () => String(inner) };
  const inner = task("inner", [1, 2, 3]);
  assert.equal(task("outer", value, 1), task("outer", plain, 1));
});

Deno.test("a refusal does not affect later hashes", () => {
  const before = task([1, { a: 2 }]);
  assert.throws(() => task([1, new Map([[1, [() => 1]]])]));
  assert.equal(task([1, { a: 2 }]), before);
});

Deno.test("values may nest a thousand levels deep", () => {
  let deep: unknown = 1;
  for (let i = 0; i < 1000; i++) deep = i % 2 === 0 ? [deep] : { a: deep };
  assert.match(hashValue(deep), /^[0-9a-f]{40}$/);
});

/** Returns a container that holds its child twice, the child likewise, and so on for `depth` levels down to `leaf`. */
function doubled(leaf: unknown, depth: number): unknown {
  let value = leaf;
  for (let n = 0; n < depth; n++) value = n % 2 === 0 ? [value, value] : { left: value, right: value };
  return value;
}

Deno.test("a value that occurs many times is visited a few times, and hashes as if each occurrence were a copy", () => {
  const leaf = ["some text that is long enough to be worth it", 1, 2, 3, new Date(4), "and some more text"];
  const expanded = (depth: number): unknown => {
    if (depth === 0) return [...leaf];
    return depth % 2 === 1
      ? [expanded(depth - 1), expanded(depth - 1)]
      : { left: expanded(depth - 1), right: expanded(depth - 1) };
  };
  assert.equal(hashValue(doubled(leaf, 7)), hashValue(expanded(7)));
  const inSet = new Set([doubled(leaf, 3), 1, [doubled(leaf, 3), doubled(leaf, 2)]]);
  assert.equal(hashValue(inSet), hashValue(new Set([expanded(3), 1, [expanded(3), expanded(2)]])));

  let looks = 0;
  const counted = { text: leaf[0], more: { [Symbol.for("jug.hash")]: () => `${looks++ > 0}` } };
  hashValue(doubled(counted, 16));
  assert.ok(looks < 10, `visited ${looks} times, out of ${2 ** 16} occurrences`);
  assert.throws(() => hashValue(doubled(leaf, 100)), {
    message: /repeated so often.*\n {2}.*identity/,
  });
});

Deno.test("a task in a shared object is refused inside a Map, even if the object was hashed before outside one", () => {
  const value = { task: node("task", "1"), text: "long enough to be worth it ".repeat(3) };
  assert.throws(() => hashValue([value, new Map([["key", value]])]), { message: /is a task inside a Map/ });
});
