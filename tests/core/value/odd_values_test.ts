import assert from "node:assert/strict";
import { bvalue, identity, value } from "jug";

const CYCLE = {
  name: "JugError",
  kind: "usage",
  message: /value\.parts\[1\] refers back to an object that contains it.*\n {2}Pass/,
};

Deno.test("value(), bvalue() and task arguments refuse a cyclic object", async () => {
  const parts: unknown[] = [1];
  const cyclic = { parts };
  parts.push(cyclic);
  await assert.rejects(value(cyclic), CYCLE);
  await assert.rejects(bvalue(cyclic), CYCLE);
  assert.throws(() => identity(cyclic), /refers back to an object that contains it.*\n {2}Pass/);
});

Deno.test("value() refuses data that is nested too deep, and accepts an object that occurs twice", async () => {
  let deep: unknown = 1;
  for (let n = 0; n < 20_000; n++) deep = [deep];
  await assert.rejects(value(deep), { kind: "usage", message: /nested more than 1000 levels deep/ });
  const twice = { n: 1 };
  assert.deepEqual(await value([twice, twice]), [{ n: 1 }, { n: 1 }]);
});

Deno.test('user data with a "jug.kind" property is treated as data', async () => {
  for (const kind of ["task", "tasklet", "wrapper", "generator"]) {
    const data = { "jug.kind": kind };
    assert.deepEqual(await value([data]), [data]);
    const [task, other] = [identity([data]), identity([{ "jug.kind": `${kind} ` }])];
    assert.notEqual(task.hash, other.hash);
  }
});
