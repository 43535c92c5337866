import assert from "node:assert/strict";
import { withProject } from "../support/project.ts";

/** Barriers in an imported module, at the top level, in a helper function, and several at once. */
const STAGES = {
  "stages.ts": `import { args, barrier, bvalue, TaskGenerator, value } from "jug";
import { twice } from "./helper.ts";
const inc = TaskGenerator(function inc(n: number) { return n + 1; });
const first = [1, 2, 3].map(inc);
await barrier();
const total = (await value(first)).reduce((a, b) => a + b, 0);
async function grow(n: number): Promise<number> {
  const more = await bvalue(inc(n));
  await barrier();
  return await bvalue(inc(more));
}
const grown = await Promise.all([grow(10), grow(20), grow(30)]);
console.log("passed", JSON.stringify({ total, grown, args }));
export const last = twice(total);
await barrier();
export const end = inc(await value(last));
`,
  "helper.ts": `import { barrier, TaskGenerator, value } from "jug";
const double = TaskGenerator(function double(n: number) { return 2 * n; });
const early = double(21);
await barrier();
console.log("helper", await value(early));
export const twice = (n: number) => double(n);
`,
};
const PASSED = `passed {"total":9,"grown":[12,22,32],"args":["x","--deep"]}`;

Deno.test("execute passes every barrier: in imported modules, in helper functions, inside Promise.all, several in a row", async () => {
  await withProject(STAGES, async ({ jug, results }) => {
    const { code, stdout } = await jug("execute stages.ts --workers 2 x -- --deep");
    assert.equal(code, 0);
    // Output of the top level is shown once, although both workers load the jugfile.
    assert.equal(stdout.split(PASSED).length, 2);
    assert.equal(stdout.split("helper 42").length, 2);
    assert.match(stdout, /^stages\.inc +10 +0\b/m);
    assert.match(stdout, /^helper\.double +2 +0\b/m);
    assert.deepEqual(
      results("stages.jugdata").filter(({ name }) => name === "helper.double").map(({ value }) => value).sort(),
      [
        18,
        42,
      ],
    );
    // All results exist, so other commands load the whole jugfile. Their stdout contains only their own output.
    const status = await jug("status stages.ts --json x -- --deep");
    assert.match(status.stderr, /^helper 42\npassed /);
    assert.doesNotMatch(status.stderr, /more tasks/);
    const { total, barrier } = JSON.parse(status.stdout);
    assert.deepEqual([total.finished, barrier], [12, null]);
    assert.equal((await jug("check stages.ts")).code, 0);
  });
});

Deno.test("other commands load up to the first closed barrier and report that more tasks may follow", async () => {
  await withProject(STAGES, async ({ jug }) => {
    const before = await jug("count stages.ts");
    assert.match(before.stdout, /^helper\.double +1\n\.+\nTotal: +1\n$/m);
    assert.match(before.stderr, /^more tasks may follow the barrier at .*helper\.ts:4\n$/);
    await jug("execute stages.ts", { env: { JUG_MAX_TASKS: "2" } });
    const status = await jug("status stages.ts");
    assert.match(status.stdout, /^Total: +0 +2 +2 +0$/m);
    assert.match(status.stderr, /^helper 42\nmore tasks may follow the barrier at .*stages\.ts:5\n$/);
    const check = await jug("check stages.ts");
    assert.equal(check.code, 1);
    assert.match(check.stderr, /^jug: 2 of 4 tasks are not finished\njug: more tasks may follow the barrier/m);
    // A result may belong to a task behind the barrier, so no result is removed as unused.
    await jug("execute stages.ts");
    await jug("invalidate stages.ts --target double");
    const cleanup = await jug("cleanup stages.ts");
    assert.equal(cleanup.code, 1);
    assert.match(
      cleanup.stderr,
      /cannot tell which of \d+ results are unused: tasks may follow the barrier at .*helper\.ts:4/,
    );
    assert.equal((await jug("execute stages.ts")).code, 0);
  });
});

Deno.test("a barrier whose tasks failed stays closed: execute reports its place and exits with 1", async () => {
  await withProject({
    "shut.ts": `import { barrier, TaskGenerator } from "jug";
const bad = TaskGenerator(function bad() { throw new Error("no"); });
const good = TaskGenerator(function good(n: number) { return n; });
bad();
good(1);
await barrier();
good(2);
`,
  }, async ({ jug }) => {
    const { code, stderr, stdout } = await jug("execute shut.ts --keep-going --workers 2");
    assert.equal(code, 1);
    assert.match(stderr, /^jug: the jugfile was not loaded to its end: it waits at the barrier at .*shut\.ts:6$/m);
    assert.match(stdout, /^Total: +1 +0\b/m);
  });
});

Deno.test("declaring a task or awaiting a barrier inside a running task or after loading is refused with the remedy", async () => {
  await withProject({
    "late.ts": `import { barrier, TaskGenerator } from "jug";
const inc = TaskGenerator(function inc(n: number) { return n + 1; });
const declares = TaskGenerator(function declares() { inc(1); });
const waits = TaskGenerator(async function waits() { await barrier(); });
declares();
waits();
const { promise, resolve } = Promise.withResolvers<void>();
setTimeout(() => {
  try {
    inc(2);
  } catch (error) {
    console.log(String(error));
  }
  resolve();
}, 20);
const untilThen = TaskGenerator(async function untilThen() { await promise; });
untilThen();
`,
  }, async ({ jug }) => {
    const { code, stdout, stderr } = await jug("execute late.ts --keep-going");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /late\.declares\(\) failed\n {2}a task of late\.inc was declared inside the running task late\.declares\n {2}Call/,
    );
    assert.match(stderr, /late\.waits\(\) failed\n {2}barrier\(\) was called inside the running task late\.waits\n/);
    assert.match(
      stdout,
      /^JugError: a task of late\.inc was declared after the jugfile was loaded\n {2}Declare tasks and/m,
    );
  });
});

Deno.test("sleep-until waits for tasks behind barriers that open while it waits", async () => {
  await withProject(STAGES, async ({ jug, startJug }) => {
    const sleeper = startJug("sleep-until stages.ts");
    await jug("execute stages.ts --target double");
    await jug("execute stages.ts", { env: { JUG_MAX_TASKS: "4" } });
    assert.match((await jug("status stages.ts --short")).stdout, /^5 finished/);
    await jug("execute stages.ts");
    const { code, stdout, stderr } = await sleeper.result;
    assert.equal(code, 0, stderr);
    // It passed each barrier itself.
    assert.match(stdout + stderr, /passed \{"total":9/);
  });
});
