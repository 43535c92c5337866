import assert from "node:assert/strict";
import { withProject } from "../support/project.ts";

const BASE = `import { bvalue, CompoundTaskGenerator, TaskGenerator } from "jug";
const bad = TaskGenerator(function bad(n: number): number { throw new Error("bad " + n); });
const f = TaskGenerator(function f(n: number) { return n; });
`;

Deno.test("a run ends if several parts of the jugfile wait behind one barrier whose task failed", async () => {
  await withProject({
    "behind.ts": `${BASE}const prepared = (async () => await bvalue(bad(1)))();
const c = CompoundTaskGenerator(async function c(n: number) { return f(n + await prepared); });
c(1);
c(2);
await prepared;
`,
  }, async ({ jug }) => {
    const { code, stderr } = await jug("execute behind.ts --keep-going --nr-wait-cycles 1 --wait-cycle-time 0.5");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^the barrier at .*behind\.ts:4 cannot open in this run, .*: waiting 1 s at most for other awaits of the jugfile$/m,
    );
    assert.match(stderr, /^jug: the jugfile was not loaded to its end: it waits at the barrier at .*behind\.ts:4$/m);
  });
});

Deno.test("other awaits of the jugfile get their time although a barrier beside them stays closed", async () => {
  await withProject({
    "beside.ts": `${BASE}async function a() { await bvalue(bad(1)); f(100); }
async function b() {
  await new Promise((resolve) => setTimeout(resolve, 1500));
  f(200);
  const x = await bvalue(f(201));
  f(x + 1);
}
await Promise.all([a(), b()]);
`,
  }, async ({ jug, results }) => {
    const { code, stderr } = await jug("execute beside.ts --keep-going");
    assert.equal(code, 1, stderr);
    assert.deepEqual(results("beside.jugdata").map(({ value }) => value).toSorted(), [200, 201, 202]);
  });
});

Deno.test("a barrier that waits for a compound task waits as long as the jugfile delays that task", async () => {
  await withProject({
    "slow.ts": `${BASE}const c = CompoundTaskGenerator(async function c(n: number) {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return f(n);
});
f(await bvalue(c(1)) + 1);
`,
  }, async ({ jug, results }) => {
    // With a wait limit of zero, which does not matter since nothing has failed.
    const { code, stderr } = await jug("execute slow.ts --nr-wait-cycles 0");
    assert.equal(code, 0, stderr);
    assert.deepEqual(results("slow.jugdata").map(({ value }) => value).toSorted(), [1, 1, 2]);
  });
});

Deno.test("a compound task that waits for a task that failed or that --target leaves out is reported with the reason", async () => {
  await withProject({
    "inner.ts": `import { barrier } from "jug";
${BASE}const sum = TaskGenerator(function sum(ns: number[]) { return ns.length; });
const named = CompoundTaskGenerator(async function named(n: number) { return sum([f(await bvalue(f(n)))]); });
const above = CompoundTaskGenerator(async function above(n: number) { f(n); await barrier(); return sum([f(n)]); });
const outside = CompoundTaskGenerator(async function outside() { await barrier(); return sum([]); });
const failing = CompoundTaskGenerator(async function failing() { return sum([await bvalue(bad(1))]); });
sum([named(1)]);
above(2);
outside();
failing();
`,
  }, async ({ jug }) => {
    const target =
      "--target /named|above|outside|failing|sum|bad/ --keep-going --nr-wait-cycles 1 --wait-cycle-time 0.2";
    const { code, stderr } = await jug(`execute inner.ts ${target}`);
    assert.equal(code, 1);
    const reasonOf = (name: string) =>
      new RegExp(`^jug: inner\\.${name}\\(.*\\) was not run: (.*)$`, "m").exec(stderr)?.[1];
    for (const name of ["named", "above", "sum", "outside"]) {
      assert.equal(reasonOf(name), "needs inner.f, which --target excludes", `${name}: ${stderr}`);
    }
    assert.equal(reasonOf("failing"), "needs inner.bad, which failed", stderr);
  });
});
