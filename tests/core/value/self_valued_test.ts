import assert from "node:assert/strict";
import {
  bvalue,
  execute,
  HASH_METHOD,
  hashValue,
  identity,
  shared,
  type Task,
  TaskGenerator,
  value,
  VALUE_METHOD,
} from "jug";
import { executeAll, inSession } from "../../support/in_session.ts";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function tasks() {
  const load = TaskGenerator(function load(page: number) {
    return `page ${page}`;
  });
  const join = TaskGenerator(function join(pages: string[]) {
    return pages.join("+");
  });
  return { load, join };
}

/** A list of pages, each loaded by a task. */
class Pages {
  readonly #load: (page: number) => Task<string>;
  constructor(load: (page: number) => Task<string>, readonly count: number) {
    this.#load = load;
  }
  [VALUE_METHOD](): Task<string>[] {
    return Array.from({ length: this.count }, (_, page) => this.#load(page));
  }
}

class NamedPages extends Pages {
  [HASH_METHOD](): string {
    return "named";
  }
}

Deno.test("value() and bvalue() replace an object with what its VALUE_METHOD returns, at any depth", async () => {
  await inSession(async () => {
    const { load } = tasks();
    const pages = new Pages(load, 2);
    pages[VALUE_METHOD]();
    await executeAll();
    const found = await value({ pages: [pages] });
    const isTyped: Same<typeof found, { pages: string[][] }> = true;
    assert.deepEqual([isTyped, found], [true, { pages: [["page 0", "page 1"]] }]);
    assert.deepEqual(await bvalue({ pages }), { pages: ["page 0", "page 1"] });
    // The symbol can be used without importing VALUE_METHOD.
    const other = { hidden: 1, [Symbol.for("jug.value")]: () => new Pages(load, 1) };
    assert.deepEqual(await value<unknown>(other), ["page 0"]);
  });
});

Deno.test("a self-valued argument is replaced with its value in the dependencies, the hash and the call", async () => {
  await inSession(async () => {
    const { load, join } = tasks();
    const count = TaskGenerator(function count(pages: unknown) {
      return Array.isArray(pages) ? pages.length : undefined;
    });
    const [joined, same] = [join(shared(new Pages(load, 2))), join([load(0), load(1)])];
    const counted = count(new Pages(load, 3));
    const named = join(identity(new NamedPages(load, 3)));
    assert.equal(joined.hash, same.hash);
    assert.notEqual(named.hash, joined.hash);
    assert.equal(named.hash, join(identity(new NamedPages(load, 1))).hash, "only its own hash counts");
    await executeAll();
    assert.deepEqual(await value([joined, named, counted]), ["page 0+page 1", "page 0+page 1+page 2", 3]);
  });
});

Deno.test("a self-valued object in a Map is replaced as well, but must not hold tasks there", async () => {
  await inSession(async () => {
    const { load } = tasks();
    const sum = TaskGenerator(function sum(numbers: Map<string, unknown>) {
      return [...numbers.values()];
    });
    const plain = sum(new Map([["a", { [VALUE_METHOD]: () => [1, 2] }]]));
    await executeAll();
    assert.deepEqual(await value(plain), [[1, 2]]);
    assert.throws(() => sum(new Map([["a", new Pages(load, 1)]])), { kind: "usage", message: /inside a Map|in a Map/ });
  });
});

Deno.test("an object that is its own value is refused, and a self-valued object is refused as a result", async () => {
  await inSession(async () => {
    const self: object = { [VALUE_METHOD]: () => self };
    const deeper = (): object => ({ [VALUE_METHOD]: deeper });
    for (const endless of [self, deeper()]) {
      await assert.rejects(value(endless), { kind: "usage" });
      assert.throws(() => hashValue(endless), { kind: "usage" });
    }
    assert.throws(() => hashValue(new Map([["a", self]])), { kind: "usage" });
    TaskGenerator(function give() {
      return { [VALUE_METHOD]: () => 1 };
    })();
    const { failures } = await execute();
    assert.match(
      failures[0]?.error.message ?? "",
      /result is an object with a method under Symbol\.for\("jug\.value"\)/,
    );
  });
});

Deno.test("hashValue() depends on the content of a value, not on its identity or the order of keys", () => {
  assert.match(hashValue(1), /^[0-9a-f]{40}$/);
  assert.equal(hashValue({ a: [1], b: new Map([["x", 1n]]) }), hashValue({ b: new Map([["x", 1n]]), a: [1] }));
  assert.notEqual(hashValue("1"), hashValue(1));
  assert.equal(hashValue({ [HASH_METHOD]: () => "x", n: 1 }), hashValue({ [HASH_METHOD]: () => "x", n: 2 }));
  assert.throws(() => hashValue(() => 1), { kind: "usage", message: /is a function/ });
});
