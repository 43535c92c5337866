import assert from "node:assert/strict";
import { type Task, TaskGenerator, value } from "jug";
import { executeAll, inSession } from "../../support/in_session.ts";
import { withProject } from "../../support/project.ts";

class Model {
  constructor(readonly weight: number) {}
}

Deno.test("value() replaces tasks in arrays and plain objects, and returns everything else unchanged", async () => {
  await inSession(async () => {
    const double = TaskGenerator(function double(n: number) {
      return 2 * n;
    });
    const task: Task<number> = double(2);
    const others: readonly unknown[] = [
      new Map([["a", task]]),
      new Set([task]),
      new Model(4),
      new Date(0),
      new Headers(),
      Promise.resolve(1),
      new Error("x", { cause: task }),
      new URL("https://example.org/"),
      Uint8Array.of(1),
      () => 1,
    ];
    await executeAll();
    for (const other of others) {
      const { inner } = await value({ inner: [other] });
      assert.ok(inner[0] === other);
      const [beside, four] = await value([other, task]);
      assert.deepEqual([beside === other, four], [true, 4]);
    }
    const map = new Map([["a", task]]);
    const model = new Model(1);
    assert.equal(await value(map), map);
    assert.equal(await value(model), model);
    const list = [task, { task, model }] as const;
    assert.deepEqual(await value(list), [4, { task: 4, model }]);
    assert.equal(list[0], task);
  });
});

Deno.test("bvalue() returns the same as value(), and `jug value` shows a task in a Map as a task", async () => {
  await withProject({
    "maps.ts": `import { bvalue, TaskGenerator } from "jug";
const f = TaskGenerator(function f(n: number) { return n + 1; });
export const m = new Map([["a", f(1)]]);
class Model { constructor(readonly weight: number) {} }
const model = new Model(1);
const got = await bvalue({ model, m, two: f(1) });
console.log("same", got.model === model, got.m === m, got.two);
`,
  }, async ({ jug }) => {
    const { stdout, stderr, code } = await jug("execute maps.ts");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^same true true 2$/m);
    assert.deepEqual((await jug("value maps.ts m")).stdout.split("\n").at(-2), 'Map(1) { "a" => Task maps.f(1) }');
    assert.deepEqual((await jug("value maps.ts m.a")).stdout.split("\n").at(-2), "2");
    const json = await jug("value maps.ts m --json");
    assert.equal(json.code, 2);
    assert.match(
      json.stderr,
      /^jug: maps\.f cannot be written as JSON: it is a task or tasklet, not a result\n {2}/m,
    );
  });
});
