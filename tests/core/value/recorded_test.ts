import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "npm:fast-check@4";
import { customHash, HASH_METHOD, mapreduce, noHash, noLoad, shared, TaskGenerator, tasklet, VALUE_METHOD } from "jug";
import { readArguments, type Recorded, type RecordedArguments } from "../../../core/value/recorded/form.ts";
import { ArgumentRecorder, MOST_BYTES } from "../../../core/value/recorded/recorder.ts";
import { summaryOf } from "../../../core/value/recorded/summary.ts";
import { inSession } from "../../support/in_session.ts";

function record(...args: unknown[]): RecordedArguments {
  const recorded = new ArgumentRecorder().record(args);
  assert.ok(recorded !== undefined, "it was recorded");
  return recorded;
}

/** What a store returns. */
function stored(recorded: RecordedArguments): unknown {
  return JSON.parse(JSON.stringify(recorded));
}

function bytesOf(recorded: RecordedArguments): number {
  return Buffer.byteLength(JSON.stringify(recorded));
}

/** Returns the digest in a form, and puts a fixed text in its place. */
function withoutDigest(value: Recorded): Recorded {
  return JSON.parse(JSON.stringify(value).replaceAll(/[0-9a-f]{16}/g, "digest"));
}

Deno.test("primitive arguments, arrays and plain objects are recorded as they are", () => {
  assert.deepEqual(record(1, -2.5, "text", true, false, null), [1, -2.5, "text", true, false, null]);
  assert.deepEqual(record({ depth: 3, list: [1, [2, {}], []] }, "x"), [{ depth: 3, list: [1, [2, {}], []] }, "x"]);
  assert.deepEqual(stored(record(-0)), [0], "as in the hash");
  assert.deepEqual(record("a", undefined, undefined), ["a"], "as in the hash");
  assert.deepEqual(record(), []);
  assert.equal(JSON.stringify(record(JSON.parse('{ "__proto__": 1 }'))), '[{"__proto__":1}]');
});

Deno.test("values that JSON has no form for are recorded with their kind", () => {
  const args = [undefined, NaN, -Infinity, 12n, new Date(5), new Date(NaN), new URL("http://a/b"), /x+/gi, { $: 1 }];
  assert.deepEqual(record(...args), [
    { $: ["undefined"] },
    { $: ["number", "NaN"] },
    { $: ["number", "-Infinity"] },
    { $: ["bigint", "12"] },
    { $: ["date", 5] },
    { $: ["date", null] },
    { $: ["url", "http://a/b"] },
    { $: ["regexp", "x+", "gi"] },
    { $: ["object", [["$", 1]]] },
  ]);
  assert.deepEqual(record(new Map<unknown, unknown>([["b", [1]], ["a", 2], [3, 4]]), new Set(["y", "x"])), [
    { $: ["map", [["a", 2], ["b", [1]], [3, 4]]] },
    { $: ["set", ["x", "y"]] },
  ]);
  assert.equal(
    summaryOf(record(...args)),
    "undefined, NaN, -Infinity, 12n, 1970-01-01T00:00:00.005Z, Invalid Date, URL('http://a/b'), /x+/gi, { $: 1 }",
  );
});

Deno.test("large values are recorded by type, size and digest, and nothing else of them is", () => {
  const long = "ACGT".repeat(250_000);
  const recorded = record(
    long,
    new Float64Array(1000),
    new DataView(new ArrayBuffer(8)),
    new ArrayBuffer(3),
    Array.from({ length: 1000 }, (_, i) => i),
    new Map([[{}, 1]]),
    new RangeError("no"),
    2n ** 400n,
  );
  assert.deepEqual(withoutDigest(recorded), [
    { $: ["cut", "string", 1_000_000, "digest", long.slice(0, 40)] },
    { $: ["cut", "Float64Array", 1000, "digest"] },
    { $: ["cut", "DataView", 8, "digest"] },
    { $: ["cut", "ArrayBuffer", 3, "digest"] },
    { $: ["cut", "array", 1000, "digest"] },
    { $: ["cut", "Map", 1, "digest"] },
    { $: ["cut", "RangeError", 2, "digest"] },
    { $: ["cut", "bigint", 121, "digest"] },
  ]);
  assert.deepEqual(record(new Float64Array(1000)), record(new Float64Array(1000)));
  assert.notDeepEqual(record(new Float64Array(1000)), record(new Float64Array(1000).fill(1)));
  // Half a character is not left at the cut.
  assert.match(JSON.stringify(record("x" + "😀".repeat(200))), /"x(😀){19}"/u);
});

Deno.test("tasks, tasklets, generators and wrapped arguments are recorded by what identifies them", async () => {
  await inSession(() => {
    class Model {
      [HASH_METHOD]() {
        return "small";
      }
    }
    const f = TaskGenerator(function f(x: unknown) {
      return [x];
    }, { version: 2 });
    const [one, two] = [f(1), f(2)];
    const part = one.get(0);
    const half = tasklet(one, function half(list) {
      return list;
    });
    const sequence = mapreduce.map(function g(n: number) {
      return n;
    }, [1, 2, 3, 4, 5]);
    const [first] = sequence;
    assert.ok(first);
    const task = (of: { name: string; hash: string }) => ({ $: ["task", of.name, of.hash] });
    assert.deepEqual(record(one, part, half, [two]), [
      task(one),
      { $: ["tasklet", part.name, part.hash, [task(one)]] },
      { $: ["tasklet", "recorded_test.half(recorded_test.f)", half.hash, [task(one)]] },
      [task(two)],
    ]);
    const [whole, its] = stored(record(sequence, first)) as { $: unknown[] }[];
    assert.deepEqual([whole?.$.length, whole?.$[0]], [4, "tasklet"]);
    assert.deepEqual(its?.$.slice(0, 2), ["tasklet", first.name]);
    assert.deepEqual(
      record(
        f,
        shared(one),
        shared({ a: 1 }),
        noHash({ b: 2 }),
        noLoad(one),
        noLoad(half),
        customHash("x", () => "digest of x"),
      ),
      [
        { $: ["generator", "recorded_test.f", "2"] },
        task(one),
        { a: 1 },
        { $: ["noHash"] },
        { $: ["labelled", "noLoad", task(one)] },
        {
          $: ["labelled", "noLoad", { $: ["tasklet", "recorded_test.half(recorded_test.f)", half.hash, [task(one)]] }],
        },
        { $: ["digest", "customHash", "digest of x"] },
      ],
    );
    assert.deepEqual(record(new Model(), { [VALUE_METHOD]: () => ({ c: 3 }) }), [{ $: ["self", "Model", "small"] }, {
      c: 3,
    }]);
    const many = Array.from({ length: 1000 }, (_, i) => f(i));
    assert.equal(
      summaryOf(record(many, one, f, new Model())),
      "[1000 × recorded_test.f], <recorded_test.f>, " +
        "<recorded_test.f>, Model('small')",
    );
  });
});

Deno.test("if the arguments do not fit, the largest parts are digests, and the others are recorded", () => {
  const matrix = Array.from({ length: 100 }, (_, i) => Array.from({ length: 100 }, (_, k) => i * k));
  assert.deepEqual(withoutDigest(record(matrix, { options: { depth: 3, name: "x" } })), [
    { $: ["cut", "array", 100, "digest"] },
    { options: { depth: 3, name: "x" } },
  ]);
  const texts = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`key${i}`, { text: `${"x".repeat(80)}${i}` }]),
  );
  const recorded = stored(record({ small: [1, 2], texts, deep: { deeper: { deepest: true } } })) as [
    { texts: { [key: string]: object } },
  ];
  assert.deepEqual({ ...recorded[0], texts: {} }, { small: [1, 2], texts: {}, deep: { deeper: { deepest: true } } });
  const shapes = Object.values(recorded[0].texts).map((value) => Object.keys(value)[0]);
  assert.deepEqual(new Set(shapes), new Set(["text", "$"]), "some of the equally large ones have room");
  const many = record(...Array.from({ length: 5000 }, (_, i) => i));
  assert.deepEqual(withoutDigest(many as Recorded), { $: ["cut", "array", 5000, "digest"] });
  assert.equal(summaryOf(many), "[ 5000 items ]");
});

const VALUES = {
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withSet: true,
  withTypedArray: true,
} as const;
const anyArguments = fc.array(fc.anything({ ...VALUES, maxDepth: 5, size: "large", maxKeys: 20 } as object), {
  maxLength: 6,
});

/** The keys of every object in reverse order, the same values otherwise. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value instanceof Map) return new Map([...value].reverse().map(([k, v]) => [reversed(k), reversed(v)]));
  if (value instanceof Set) return new Set([...value].reverse().map(reversed));
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([key, item]) => [key, reversed(item)]));
}

Deno.test("whatever the arguments, their form fits, can be read again, and depends on nothing but their content", () => {
  let cut = 0;
  fc.assert(
    fc.property(anyArguments, (args) => {
      const recorded = record(...args);
      const bytes = bytesOf(recorded);
      assert.ok(bytes <= MOST_BYTES, `${bytes} bytes`);
      const read = readArguments(stored(recorded));
      assert.ok(read !== undefined);
      assert.equal(JSON.stringify(read), JSON.stringify(recorded));
      assert.equal(JSON.stringify(record(...args.map(reversed))), JSON.stringify(recorded));
      const summary = summaryOf(read);
      assert.ok(summary.length <= 200 && !/\p{Cc}/u.test(summary), summary);
      if (JSON.stringify(recorded).includes('["cut"')) cut++;
    }),
    { numRuns: 500 },
  );
  assert.ok(cut > 50, `${cut} forms with digests`);
});

Deno.test("a value that is a byte larger than the bound is cut, and one that just fits is not", () => {
  // Each text is 102 bytes, and the list has brackets and commas.
  const texts = (count: number, last: number) => [
    ...Array.from({ length: count - 1 }, () => "x".repeat(100)),
    "y".repeat(last),
  ];
  const fits = record(texts(20, 50), 0);
  const size = bytesOf(fits);
  assert.ok(Array.isArray(fits) && Array.isArray(fits[0]) && size <= MOST_BYTES, `${size} bytes`);
  const exact = record(texts(20, 50 + MOST_BYTES - size), 0);
  assert.equal(bytesOf(exact), MOST_BYTES);
  const over = record(texts(20, 50 + MOST_BYTES - size + 1), 0);
  assert.deepEqual(withoutDigest(over), [{ $: ["cut", "array", 20, "digest"] }, 0]);
});

Deno.test("arguments that were changed to something that has no hash are not recorded, and nothing is thrown", () => {
  const cycle: unknown[] = [1];
  cycle.push(cycle);
  assert.equal(new ArgumentRecorder().record([() => {}]), undefined);
  assert.doesNotThrow(() => new ArgumentRecorder().record([cycle]));
  const angry = {
    [HASH_METHOD]() {
      throw new Error("not now");
    },
  };
  assert.equal(new ArgumentRecorder().record([angry]), undefined);
});

Deno.test("what does not have the form is not read, and an unknown kind is kept as text", () => {
  const deep = (levels: number): unknown => levels === 0 ? 1 : [deep(levels - 1)];
  for (
    const found of [
      undefined,
      null,
      "1, 2",
      7,
      {},
      { $: ["secret"] },
      [{ $: 1 }],
      [{ $: ["task", "m.f"] }],
      [{ $: ["task", "m.f", "x"] }],
      [{ $: ["map", [1]] }],
      [{ $: ["cut", "array", "1", "x"] }],
      [deep(2000)],
      Array.from({ length: 20_000 }, () => 1),
    ]
  ) {
    assert.equal(readArguments(found), undefined, JSON.stringify(found)?.slice(0, 100));
  }
  assert.deepEqual(readArguments([{ $: ["temporal", 1, { a: 2 }] }]), [{ $: ["unknown", '["temporal",1,{"a":2}]'] }]);
  assert.deepEqual(readArguments(JSON.parse('[{ "__proto__": { "$": ["noHash"] } }]')), [
    JSON.parse('{ "__proto__": { "$": ["noHash"] } }'),
  ]);
  assert.equal(
    summaryOf([{ $: ["url", "a\u001b[2Jb\u202e"] }, "\u0007", { "\u009b": 1 }]),
    'URL("a\\u001b[2Jb\\u202e"), "\\u0007", { "\\u009b": 1 }',
  );
});
