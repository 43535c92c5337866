import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import fc from "npm:fast-check@4";
import { hashValue } from "../../../core/value/hash.ts";

const VALUES = {
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withSet: true,
  withTypedArray: true,
  maxDepth: 4,
} as const;

/** Returns the same structure, built in reverse order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (value instanceof Map) return new Map([...value].reverse().map(([key, v]) => [reordered(key), reordered(v)]));
  if (value instanceof Set) return new Set([...value].reverse().map(reordered));
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || value instanceof Date) return value;
  const copy: object = {};
  for (const [key, v] of Object.entries(value).reverse()) {
    Object.defineProperty(copy, key, { value: reordered(v), enumerable: true, configurable: true, writable: true });
  }
  return copy;
}

/** Whether {@linkcode changed} treats `value` as a leaf. */
function isLeaf(value: unknown): boolean {
  return typeof value !== "object" || value === null || ArrayBuffer.isView(value) || value instanceof Date ||
    (Array.isArray(value)
        ? value.length
        : value instanceof Map || value instanceof Set
        ? value.size
        : Object.keys(value).length) === 0;
}

/** Returns a copy of `value` with `leaf` in place of its n-th leaf, the number of leaves, and the replaced leaf. */
function changed(value: unknown, n: number, leaf: unknown): { copy: unknown; count: number; old: unknown } {
  let count = 0;
  let old: unknown;
  return { copy: walk(value), count, old };

  function walk(value: unknown): unknown {
    if (isLeaf(value)) {
      if (count++ !== n) return value;
      old = value;
      return leaf;
    }
    if (Array.isArray(value)) return value.map(walk);
    if (value instanceof Map) return new Map([...value].map(([key, v]) => [walk(key), walk(v)]));
    if (value instanceof Set) return new Set([...value].map(walk));
    const entries = Object.entries(Object(value)).map(([key, v]): [string, unknown] => [key, walk(v)]);
    return Object.fromEntries(entries);
  }
}

/** Normalizes a leaf as the hash does: -0 equals 0, and the prototype of an empty object does not matter. */
function normal(value: unknown): unknown {
  return Object.is(value, -0)
    ? 0
    : isLeaf(value) && Object.prototype.toString.call(value) === "[object Object]"
    ? {}
    : value;
}

Deno.test("equal structures have equal hashes, in any order of keys, entries and set elements", () => {
  fc.assert(
    fc.property(fc.anything(VALUES), (value) => assert.equal(hashValue(reordered(value)), hashValue(value))),
    { numRuns: 2000 },
  );
});

Deno.test("changing any single leaf changes the hash", () => {
  const tree = fc.anything({
    ...VALUES,
    values: [fc.integer(), fc.string(), fc.double(), fc.boolean(), fc.constant(null)],
  });
  let tried = 0;
  fc.assert(
    fc.property(tree, fc.anything({ maxDepth: 0 }), fc.nat(), (value, leaf, place) => {
      const { count } = changed(value, -1, leaf);
      const { copy, old } = changed(value, place % count, leaf);
      fc.pre(!isDeepStrictEqual(normal(old), normal(leaf)));
      tried++;
      assert.notEqual(hashValue(copy), hashValue(value));
    }),
    { numRuns: 5000 },
  );
  assert(tried >= 5000);
});

Deno.test("two strings have the same hash only if they are equal", () => {
  const string = fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 4 });
  fc.assert(
    fc.property(string, string, (a, b) => assert.equal(hashValue(a) === hashValue(b), a === b)),
    { numRuns: 5000 },
  );
});

const SHAPES: readonly ((n: number) => unknown)[] = [
  (n) => n,
  (n) => -n - 0.5,
  (n) => String(n),
  (n) => BigInt(n),
  (n) => [n],
  (n) => [String(n)],
  (n) => [n >> 8, n & 255],
  (n) => [[n >> 8], n & 255],
  (n) => [n >> 8, [n & 255]],
  (n) => [String(n >> 8), String(n & 255)],
  (n) => ({ n }),
  (n) => ({ [n]: n }),
  (n) => ({ [String(n >> 8)]: { a: n & 255 } }),
  (n) => ({ a: n >> 8, b: n & 255 }),
  (n) => ({ b: n >> 8, c: n & 255, a: undefined }),
  (n) => new Date(n),
  (n) => new Set([n, -1]),
  (n) => new Map([[n, 0]]),
  (n) => new Uint32Array([n]),
  (n) => "Ω" + n.toString(36),
];

Deno.test("no two of a million different values share a hash", () => {
  const each = 1_000_000 / SHAPES.length;
  const seen = new Set<string>();
  for (const shape of SHAPES) for (let n = 0; n < each; n++) seen.add(hashValue(shape(n)));
  assert.equal(seen.size, 1_000_000);
});
