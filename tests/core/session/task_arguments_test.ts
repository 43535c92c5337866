import assert from "node:assert/strict";
import { HASH_METHOD, TaskGenerator, value } from "jug";
import { executeAll, inSession } from "../../support/in_session.ts";

class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(message: string, readonly code: number, options?: ErrorOptions) {
    super(message, options);
  }
}

function midway(): RegExp {
  const pattern = /a/g;
  pattern.lastIndex = 2;
  return pattern;
}

const buffer = Uint8Array.of(1, 2, 3, 4).buffer;

/** Values that a plain structured clone would change. */
const DELICATE: Readonly<Record<string, unknown>> = {
  "an error of a custom class": new Refusal("no", 7, { cause: new TypeError("why") }),
  "an AggregateError": new AggregateError([new Error("one"), new RangeError("two")], "all"),
  "a DOMException": new DOMException("late", "TimeoutError"),
  "a RegExp in the middle of a search": midway(),
  "a URL": new URL("https://example.org/a?b"),
  "a view of a part of a buffer": new Uint8Array(buffer, 1, 2),
  "an object without a prototype": Object.assign(Object.create(null), { a: [1] }),
  "a Map of dates": new Map([[new Date(0), new Set([1n])]]),
};

Deno.test("a task gets exact copies of its arguments", async () => {
  await inSession(async () => {
    const got = new Map<string, unknown>();
    const take = TaskGenerator(function take(title: string, x: unknown) {
      got.set(title, x);
      return x;
    });
    const tasks = Object.entries(DELICATE).map(([title, x]) => take(title, x));
    await executeAll();
    for (const [i, [title, x]] of Object.entries(DELICATE).entries()) {
      const copy = got.get(title);
      assert.notEqual(copy, x, title);
      assert.deepEqual(detailsOf(copy), detailsOf(x), title);
      // The stored result is equal, too.
      assert.deepEqual(detailsOf(await value(tasks[i])), detailsOf(x), title);
    }
  });
});

/** Returns the parts of `x` to compare, also of errors and patterns. The name of an error represents its class. */
function detailsOf(x: unknown): unknown {
  if (x instanceof RegExp) return [String(x), x.lastIndex];
  if (x instanceof URL) return ["url", x.href];
  if (ArrayBuffer.isView(x)) return [...new Uint8Array(x.buffer, x.byteOffset, x.byteLength)];
  if (x instanceof Error) {
    const { name, message, stack, cause } = x;
    const errors: unknown = "errors" in x ? x.errors : [];
    return [
      name,
      message,
      stack,
      "code" in x && x.code,
      detailsOf(cause),
      Array.isArray(errors) && errors.map(detailsOf),
    ];
  }
  return x;
}

Deno.test("an object that occurs several times in the arguments is copied once, and copies share it", async () => {
  await inSession(async () => {
    const leaf = { n: 1 };
    let tree: unknown = leaf;
    for (let depth = 0; depth < 24; depth++) tree = [tree, tree];
    let got: unknown;
    const sources = TaskGenerator(function source() {
      return "text";
    });
    const take = TaskGenerator(function take(x: unknown, other: unknown, source: unknown) {
      got = [x, other];
      return source;
    });
    take({ tree, leaf }, leaf, sources());
    await executeAll();
    assert(Array.isArray(got));
    const [x, other] = got;
    let copy = x.tree;
    for (let depth = 0; depth < 24; depth++) {
      assert.equal(copy[0], copy[1]);
      copy = copy[0];
    }
    assert.deepEqual(copy, leaf);
    assert.notEqual(copy, leaf);
    assert.equal(x.leaf, copy);
    assert.equal(other, copy);
  });
});

Deno.test("an object that says its own hash reaches the function as it is, even if it is no class instance", async () => {
  await inSession(async () => {
    const model = { name: "small", [HASH_METHOD]: () => "small" };
    let got: unknown;
    const take = TaskGenerator(function take(x: { readonly model: typeof model }) {
      got = x.model;
      return x.model[HASH_METHOD]();
    });
    take({ model });
    await executeAll();
    assert.equal(got, model);
  });
});
