import assert from "node:assert/strict";
import { customHash, noHash, secret, shared, TaskGenerator, tasklet } from "jug";
import { ArgumentRecorder } from "../../../core/value/recorded/recorder.ts";
import { valueText } from "../../../core/value/recorded/summary.ts";
import { differencesOf } from "../../../engine/analysis/why/differences.ts";
import { inSession } from "../../support/in_session.ts";

/** Returns how two lists of arguments differ, one line for each difference. */
function differ(
  was: readonly unknown[],
  is: readonly unknown[],
  versions: readonly (string | undefined)[] = [],
): string[] {
  const recorded = (args: readonly unknown[]) => {
    const form = new ArgumentRecorder().record(args);
    assert.ok(form !== undefined);
    return form;
  };
  const [former, present] = [was, is].map((args, i) => ({ version: versions[i], args: recorded(args) }));
  assert.ok(former && present);
  return differencesOf(former, present, is).map((difference) => {
    switch (difference.kind) {
      case "version":
        return `version: ${difference.was} ${difference.is}`;
      case "task":
        return `${difference.path}: ${difference.name}`;
      case "value": {
        const [before, after] = [difference.was, difference.is].map((value) =>
          value === undefined ? "absent" : valueText(value, 60)
        );
        return `${difference.path}: ${before} ${after}`;
      }
    }
  });
}

Deno.test("differencesOf() names the path of each difference, and both values", () => {
  assert.deepEqual(differ([1, { a: [1, { b: 2 }] }], [1, { a: [1, { b: 2 }] }]), []);
  assert.deepEqual(differ([1, { a: [1, { b: 2 }] }], [1, { a: [1, { b: 3 }] }]), ["argument 2.a[1].b: 2 3"]);
  assert.deepEqual(differ([{ "x y": 1, z: 2 }], [{ "x y": 1 }]), ["argument 1.z: 2 absent"]);
  assert.deepEqual(differ([{ "x y": 1 }], [{ "x y": "1" }]), [`argument 1["x y"]: 1 '1'`]);
  assert.deepEqual(differ([1], [1, "more"]), ["argument 2: absent 'more'"]);
  assert.deepEqual(differ([], [], [undefined, "2"]), ["version: undefined 2"]);
  assert.deepEqual(differ([[1, 2, 3]], [[0, 1, 2, 3]]), ["argument 1.length: 3 4"], "one was inserted");
  assert.deepEqual(differ([[1, 2, 3]], [[1, 2]]), ["argument 1.length: 3 2"]);
  assert.deepEqual(differ([{ $: 1 }], [{ $: 2 }]), ["argument 1.$: 1 2"]);
  assert.deepEqual(differ([new Map([["a", 1]])], [new Map([["a", 2]])]), [`argument 1.get("a"): 1 2`]);
  assert.deepEqual(differ([new Set([1])], [new Set([2])]), ["argument 1: Set(1) { 1 } Set(1) { 2 }"]);
  assert.deepEqual(differ([5n, new Date(0)], [6n, new Date(0)]), ["argument 1: 5n 6n"]);
});

Deno.test("differencesOf() looks through wrappers, and compares what identifies the others", async () => {
  await inSession(() => {
    const f = TaskGenerator(function f(x: number) {
      return [x];
    });
    const whole = (list: readonly number[]) => list;
    const half = (base: ReturnType<typeof f>) => tasklet(base, whole, { name: "half" });
    assert.deepEqual(differ([shared({ a: 1 })], [{ a: 2 }]), ["argument 1.a: 1 2"]);
    assert.deepEqual(differ([noHash(1), secret(1)], [noHash(2), secret(2)]), []);
    assert.deepEqual(differ([secret(1)], [1]), ["argument 1: secret 1"]);
    assert.deepEqual(differ([customHash(1, () => "x")], [customHash(1, () => "y")]), [
      "argument 1: customHash('x') customHash('y')",
    ]);
    assert.deepEqual(differ([f(1), [f(2)]], [f(1), [f(3)]]), ["argument 2[0]: why_differences_test.f"]);
    assert.deepEqual(differ([f(1).get(0)], [f(2).get(0)]), ["argument 1: why_differences_test.f"]);
    assert.deepEqual(differ([half(f(1))], [half(f(2))]), ["argument 1: why_differences_test.f"]);
    assert.equal(differ([f(1).get(0)], [f(1).get(1)]).length, 1);
  });
});

Deno.test("differencesOf() is not misled if a value is recorded by its digest on one side only", () => {
  const list = Array.from({ length: 60 }, (_, i) => `item number ${i}`);
  const parts = Array.from({ length: 18 }, (_, i): [string, string[]] => [`part${i}`, ["x".repeat(78)]]);
  const large = (last: string) => ({ ...Object.fromEntries(parts), last });
  // The parts are opened first, since each is smaller than the list. Then there is no room for it.
  const [alone, crowded] = [
    new ArgumentRecorder().record([list, 0]),
    new ArgumentRecorder().record([list, large("a")]),
  ];
  assert.ok(JSON.stringify(alone).includes("item number 7") && !JSON.stringify(crowded).includes("item number 7"));
  assert.deepEqual(differ([list, 0], [list, 1]), ["argument 2: 0 1"]);
  assert.deepEqual(differ([list, 0], [list, large("b")]).map((line) => line.slice(0, 12)), ["argument 2: "]);
  assert.deepEqual(differ([list, large("b")], [list, 0]).map((line) => line.slice(0, 12)), ["argument 2: "]);
  const other = list.with(7, "another item");
  assert.deepEqual(differ([list, 0], [other, large("b")]).map((line) => line.slice(0, 13)), [
    "argument 1[7]",
    "argument 2: 0",
  ]);
  const [numbers, others] = [new Float64Array(50), new Float64Array(50).fill(1)];
  assert.deepEqual(differ([numbers], [others]), ["argument 1: Float64Array(50) Float64Array(50)"]);
});
