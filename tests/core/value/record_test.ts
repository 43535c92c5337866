import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import fc from "npm:fast-check@4";
import { hashOf } from "../../support/fake_inspection.ts";
import { joinParts } from "../../../core/value/byte_parts.ts";
import { decodePayload, encodePayload } from "../../../core/value/payload.ts";
import {
  checkRecord,
  decodeRecord,
  encodeRecord,
  isIntactRecordOf,
  readMeta,
  type RecordType,
} from "../../../core/value/record.ts";

const meta = { name: "primes.isPrime", start: 1754000000000, finish: 1754000000250.5, worker: "ab12.0" };

function encode(value: unknown, type: RecordType = "result"): Uint8Array<ArrayBuffer> {
  return encodeRecord({ type, value, meta, label: meta.name });
}

function decode(bytes: Uint8Array): unknown {
  const decoded = decodeRecord(bytes);
  assert(decoded.kind === "valid", decoded.kind === "valid" ? "" : decoded.reason);
  return decoded.value;
}

function roundTrip(value: unknown): unknown {
  return decode(encode(value));
}

function reasonOf(bytes: Uint8Array): string {
  const [decoded, checked] = [decodeRecord(bytes), checkRecord(bytes)];
  assert(decoded.kind !== "valid" && checked.kind !== "valid");
  assert.deepEqual(checked, decoded);
  return decoded.reason;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

const KEPT: readonly (readonly [title: string, value: unknown])[] = [
  ["undefined", undefined],
  ["null", null],
  ["true", true],
  ["NaN", NaN],
  ["negative zero", -0],
  ["Infinity", [Infinity, -Infinity]],
  ["a bigint", 2n ** 100n],
  ["a lone surrogate", ["\ud800", { "\udfff": 1 }]],
  ["undefined in an object", { a: undefined, b: [undefined] }],
  ["nested plain data", { rows: [{ id: 1, name: "Ωmega 😀" }, []], none: {} }],
  ["a key named __proto__", JSON.parse('{"__proto__": {"a": 1}, "b": 2}')],
  ["a key named __proto__ beside a Map", [JSON.parse('{"__proto__": 1}'), new Map(), new URL("http://x/")]],
  ["an object without a prototype", Object.assign(Object.create(null), { a: [Object.create(null)] })],
  ["a Map", new Map<unknown, unknown>([["k", 1], [{ a: 1 }, new Map()]])],
  ["a Set", new Set([1, "x", new Set([2])])],
  ["dates", [new Date(86400000), new Date(NaN)]],
  ["a RegExp", /a+b/giu],
  ["a URL", new URL("https://example.org/a?b#c")],
  ["a Map with a URL as its first key", new Map<unknown, number>([[new URL("http://x/"), 1], ["b", 2]])],
  ["an ArrayBuffer", new Uint8Array([1, 2, 3]).buffer],
  ["typed arrays", [
    new Float64Array([1.5, NaN]),
    new Int8Array([-1]),
    new BigUint64Array([1n]),
    new Float16Array([0.5]),
  ]],
  ["a DataView of a part", new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2)],
  ["an Error", new Error("no", { cause: { a: 1 } })],
  ["a TypeError with fields", Object.assign(new TypeError("no"), { code: "E1", detail: { a: [1] } })],
  ["an AggregateError", new AggregateError([new RangeError("a"), 2], "both")],
  ["a SuppressedError", new SuppressedError(new RangeError("a"), 2, "both")],
  ["a DOMException", new DOMException("gone", "AbortError")],
  ["a long string", "abc".repeat(100_000)],
];

for (const [title, value] of KEPT) {
  Deno.test(`a result comes back equal: ${title}`, () => assert.deepStrictEqual(roundTrip(value), value));
}

Deno.test("a RegExp keeps its lastIndex", () => {
  const search = /a/g;
  search.lastIndex = 2;
  const back = roundTrip([search]);
  assert(Array.isArray(back) && back[0] instanceof RegExp);
  assert.equal(back[0].lastIndex, 2);
});

Deno.test("an error of a custom class comes back as an Error with its name, message, stack and fields", () => {
  class LimitError extends RangeError {
    override name = "LimitError";
    constructor(readonly limit: number) {
      super("too much");
    }
  }
  const error = new LimitError(7);
  const back = roundTrip(error);
  assert(back instanceof Error);
  assert.equal(Object.getPrototypeOf(back), Error.prototype);
  assert.equal(back.name, "LimitError");
  assert.equal(back.message, "too much");
  assert.equal(back.stack, error.stack);
  assert.deepEqual({ ...back }, { name: "LimitError", limit: 7 });
});

Deno.test("a runtime error comes back with its code", () => {
  let caught: unknown;
  try {
    Deno.readTextFileSync(new URL("./no such file", import.meta.url));
  } catch (error) {
    caught = error;
  }
  assert(caught instanceof Error);
  const back = roundTrip(caught);
  assert(back instanceof Error);
  assert.deepEqual([back.name, back.message, { ...back }], [caught.name, caught.message, { ...caught }]);
});

Deno.test("cycles and shared objects keep their identity", () => {
  const shared = { n: 1 };
  const value: Record<string, unknown> = { a: shared, b: [shared], error: new Error("x") };
  value["self"] = value;
  value["map"] = new Map<unknown, unknown>([[value, new Set([value, value["error"]])]]);
  const back = roundTrip(value);
  assert.deepStrictEqual(back, value);
  assert(typeof back === "object" && back !== null && "self" in back && "a" in back && "b" in back);
  assert.equal(back.self, back);
  assert(Array.isArray(back.b));
  assert.equal(back.b[0], back.a);
});

Deno.test("an error that is its own cause is still its own cause when it comes back", () => {
  const error = new Error("x");
  error.cause = error;
  const back = roundTrip(error);
  assert(back instanceof Error);
  assert.equal(back.cause, back);
});

Deno.test("a small view of a large buffer is stored without the rest of the buffer", () => {
  const view = new Uint8Array(1_000_000).fill(7).subarray(10, 13);
  const record = encode({ view });
  assert(record.length < 400, String(record.length));
  const back = decode(record);
  assert(typeof back === "object" && back !== null && "view" in back && back.view instanceof Uint8Array);
  assert.deepEqual([...back.view], [7, 7, 7]);
  assert.equal(back.view.buffer.byteLength, 3);
});

Deno.test("views of one whole buffer still share it", () => {
  const buffer = new ArrayBuffer(8);
  const back = roundTrip([new Uint8Array(buffer), new Float64Array(buffer)]);
  assert(Array.isArray(back) && ArrayBuffer.isView(back[0]) && ArrayBuffer.isView(back[1]));
  assert.equal(back[0].buffer, back[1].buffer);
});

Deno.test("each read returns a separate copy", () => {
  const record = encode({ list: [1, 2] });
  const first = decode(record);
  assert(typeof first === "object" && first !== null && "list" in first && Array.isArray(first.list));
  first.list.push(3);
  assert.deepEqual(decode(record), { list: [1, 2] });
});

Deno.test("values a thousand levels deep come back, with every codec", () => {
  let json: unknown = 1;
  let clone: unknown = undefined;
  let cause: unknown = undefined;
  for (let i = 0; i < 1000; i++) {
    json = [json];
    clone = { a: clone };
    cause = new Error("x", { cause });
  }
  for (const value of [json, clone]) assert.deepEqual(encode(roundTrip(value)), encode(value));
  let back = roundTrip(cause);
  for (let i = 0; i < 1000; i++) back = back instanceof Error ? back.cause : assert.fail("the chain is too short");
  assert.equal(back, undefined);
});

Deno.test("any generated value comes back equal", () => {
  const values = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSet: true,
    withTypedArray: true,
    withUnicodeString: true,
    maxDepth: 4,
  });
  fc.assert(fc.property(values, (value) => assert.deepStrictEqual(roundTrip(value), value)), { numRuns: 2000 });
});

Deno.test("a payload is compressed only if that makes it smaller", () => {
  assert(encode("abcdef".repeat(1000)).length < 1000);
  const noise = crypto.getRandomValues(new Uint8Array(60_000));
  assert(encode(noise).length < 60_200);
  const long = new Uint8Array(1 << 20);
  assert(encode(long).length < 20_000);
  for (let i = 0; i < long.length; i += 65536) crypto.getRandomValues(long.subarray(i, i + 65536));
  assert.deepEqual(roundTrip(long), long);
});

Deno.test("a record's type and metadata can be read without its value", () => {
  const record = encode({ big: "x".repeat(2000) }, "failure");
  const checked = checkRecord(record);
  assert(checked.kind === "valid");
  assert.deepEqual([checked.type, checked.meta], ["failure", meta]);
  assert.deepEqual(readMeta(record.subarray(0, 150)), meta);
  assert.equal(readMeta(record.subarray(0, 40)), undefined);
  assert.equal(readMeta(new Uint8Array(100)), undefined);
});

Deno.test("the format of a result record stays compatible with stored data", () => {
  const bytes = encode([1, "a"]);
  const text = '{"name":"primes.isPrime","start":1754000000000,"finish":1754000000250.5,"worker":"ab12.0"}';
  const header = [
    0x8a,
    0x6a,
    0x75,
    0x67,
    2,
    1,
    0,
    1,
    text.length,
    0,
    0,
    0,
    7,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    7,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
  ];
  assert.deepEqual([...bytes.subarray(0, 28)], header);
  assert.equal(new TextDecoder().decode(bytes.subarray(28, -4)), `${text}[1,"a"]`);
  assert.equal(
    new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true),
    crc32(bytes.subarray(0, -4)),
  );
});

/** Returns the record as version 1 of the format had it. */
function asVersion1(record: Uint8Array): Uint8Array {
  const content = record.slice(0, -4);
  content[4] = 1;
  return Buffer.concat([content, createHash("sha256").update(content).digest().subarray(0, 16)]);
}

Deno.test("records of version 1 are read, and their checksum is checked", () => {
  for (const value of [[1, "a"], new Map([[1, NaN]]), [new URL("https://example.org/")], "abc".repeat(1000)]) {
    const old = asVersion1(encode(value));
    assert.deepEqual(decode(old), value);
    for (let i = 0; i < old.length; i++) {
      const broken = Uint8Array.from(old);
      broken[i] = (broken[i] ?? 0) ^ 4;
      reasonOf(broken);
      assert.equal(reasonOf(old.subarray(0, i)), i === 0 ? "empty" : "truncated");
    }
  }
  assert.equal(reasonOf(Buffer.concat([asVersion1(encode(1)), new Uint8Array(1)])), "longer than its header says");
});

Deno.test("large buffers come back, with their identity and beside everything else", () => {
  const random = crypto.getRandomValues(new Uint8Array(1 << 15));
  const floats = new Float64Array(random.buffer);
  const part = random.subarray(8, 20_000);
  const value = { random, floats, buffer: random.buffer, part, url: new URL("http://x/"), zeros: new Int16Array(5000) };
  const back = roundTrip(value);
  assert.deepStrictEqual(back, { ...value, part: random.slice(8, 20_000) });
  assert(isRecord(back) && back["random"] instanceof Uint8Array && back["floats"] instanceof Float64Array);
  assert.equal(back["random"].buffer, back["floats"].buffer);
  assert.equal(back["random"].buffer, back["buffer"]);
  for (const one of [new Float32Array(1024).fill(0.5), new DataView(random.buffer), new BigInt64Array(512), random]) {
    assert.deepStrictEqual(roundTrip(one), one);
    assert.deepStrictEqual(roundTrip([one, one]), [one, one]);
  }
});

Deno.test("a large buffer is stored as it is, and a resizable one stays resizable", () => {
  const random = crypto.getRandomValues(new Uint8Array(1 << 16));
  assert.ok(Buffer.from(encode([random])).includes(Buffer.from(random)));
  const resizable = new ArrayBuffer(8192, { maxByteLength: 10_000 });
  new Uint8Array(resizable).set([1, 2, 3]);
  const back = roundTrip(resizable);
  assert(back instanceof ArrayBuffer);
  assert.deepEqual([back.resizable, back.byteLength, back.maxByteLength], [true, 8192, 10_000]);
  assert.deepEqual([...new Uint8Array(back, 0, 4)], [1, 2, 3, 0]);
});

Deno.test("a payload whose buffers are longer than it is refused", () => {
  const { codec, parts } = encodePayload(new Uint8Array(5000), "m.f");
  const bytes = new Uint8Array(joinParts(parts));
  decodePayload(codec, bytes);
  for (const length of [5001, -1, NaN, 0.5, 2 ** 60]) {
    new DataView(bytes.buffer).setFloat64(8, length, true);
    assert.throws(() => decodePayload(codec, bytes), RangeError);
  }
  new DataView(bytes.buffer).setUint32(0, 2 ** 31, true);
  assert.throws(() => decodePayload(codec, bytes), RangeError);
});

Deno.test("flipping any single bit makes a record invalid", () => {
  for (const value of [{ a: [1, 2] }, new Map([[1, new Error("x")]])]) {
    const record = encode(value);
    for (let i = 0; i < record.length; i++) {
      for (let bit = 1; bit < 256; bit <<= 1) {
        const broken = record.slice();
        broken[i] = (broken[i] ?? 0) ^ bit;
        reasonOf(broken);
      }
    }
  }
});

Deno.test("changing any byte of a generated record makes it invalid", () => {
  const change = fc.tuple(fc.anything({ withMap: true, withBigInt: true }), fc.nat(), fc.integer({ min: 1, max: 255 }));
  fc.assert(fc.property(change, ([value, place, mask]) => {
    const record = encode(value);
    const at = place % record.length;
    record[at] = (record[at] ?? 0) ^ mask;
    reasonOf(record);
  }));
});

Deno.test("a record truncated anywhere is invalid", () => {
  const record = encode({ text: "x".repeat(1000) });
  assert.equal(reasonOf(record.subarray(0, 0)), "empty");
  for (let length = 1; length < record.length; length++) {
    assert.equal(reasonOf(record.subarray(0, length)), "truncated");
  }
});

Deno.test("bytes that are not a readable record are refused with a reason", () => {
  const record = encode(1);
  const longer = new Uint8Array(record.length + 1);
  longer.set(record);
  const newer = record.slice();
  newer[4] = 3;
  const zeroed = record.slice().fill(0, 30);
  assert.equal(reasonOf(longer), "longer than its header says");
  const reason = "format version 3 is newer than this version of jug reads (2)";
  assert.deepEqual(decodeRecord(newer), { kind: "newer", reason });
  assert.deepEqual(checkRecord(newer.subarray(0, 5)), { kind: "newer", reason });
  assert.equal(reasonOf(zeroed), "checksum does not match");
  assert.equal(reasonOf(new Uint8Array(200)), "not a jug record");
  assert.equal(reasonOf(new TextEncoder().encode("hello")), "not a jug record");
});

Deno.test("random bytes are never accepted as a record, and never make the reader throw", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(0, 1, 2), (bytes, ours) => {
    if (ours > 0) bytes.set([0x8a, 0x6a, 0x75, 0x67, ours].slice(0, bytes.length));
    reasonOf(bytes);
    readMeta(bytes);
  }));
});

Deno.test("isIntactRecordOf() accepts exactly intact records of the task, whatever its name is", () => {
  const [own, other] = [hashOf(1), hashOf(2)];
  for (const name of ["m.f", `"hash":"${other}"`, `m.","hash":"${other}","x":"`, "Ω😀\ud800"]) {
    const of = (hash: string) =>
      encodeRecord({ type: "result", value: 5, meta: { ...meta, name, hash, args: [{ hash: other }] }, label: "t" })
        .slice();
    const bytes = of(own);
    assert.ok(isIntactRecordOf(own, bytes), name);
    assert.equal(isIntactRecordOf(other, bytes), false, name);
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      // A bit of a text may not be seen by the search, but the checksum sees it.
      assert.equal(isIntactRecordOf(own, damaged), false, `${name}, byte ${at}`);
    }
    assert.equal(isIntactRecordOf(own, bytes.subarray(0, -1)), false);
  }
  assert.equal(isIntactRecordOf(own, encode(5)), false, "metadata without a hash is for checkRecord");
});
