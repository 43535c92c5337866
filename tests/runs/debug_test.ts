import assert from "node:assert/strict";
import { withProject } from "../support/project.ts";

const TASKS = `import { barrier, shared, TaskGenerator } from "jug";
const make = TaskGenerator(function make() { return { list: [3, 1, 2] }; });
const pick = TaskGenerator(function pick(from: { list: number[] }, i: number) { return from.list[i]; });
const sorted = TaskGenerator(function sorted(n: number, from: { list: number[] }) { return from.list.sort()[n]; });
const push = TaskGenerator(async function push(from: { list: number[] }) { from.list.push(await 9); });
const count = TaskGenerator(function count(list: number[]) { return list.length; });
`;

Deno.test("--debug reports nothing if tasks do not change their arguments", async () => {
  const source = TASKS + `
const big = shared(make());
const copied = TaskGenerator(function copied(from: { list: number[] }) { return from.list.toSorted(); });
export const all = [pick(make(), 0), pick(big, 1), copied(big), count([1, 2])];
await barrier();
pick({ list: [7] }, 0);
`;
  await withProject({ "fine.ts": source }, async ({ jug, results }) => {
    const { code, stderr } = await jug("execute fine.ts --debug");
    assert.equal(code, 0, stderr);
    assert.equal(results("fine.jugdata").length, 6);
  });
});

Deno.test("--debug fails a task that changes its argument and names the argument; without it the task succeeds", async () => {
  await withProject({ "sort.ts": `${TASKS}sorted(0, make());` }, async ({ jug }) => {
    const { code, stderr } = await jug("execute sort.ts --debug");
    assert.equal(code, 1);
    assert.match(stderr, /sort\.sorted changed its argument 2, now \{ list: \[ 1, 2, 3 \] \}\n {2}Change a copy/);
    assert.equal((await jug("execute sort.ts")).code, 0);
  });
});

Deno.test("--debug fails a task that changes a shared value, and other tasks get the original value", async () => {
  await withProject({ "share.ts": `${TASKS}const big = shared(make()); push(big); pick(big, 0);` }, async (project) => {
    const { code, stderr } = await project.jug("execute share.ts --debug --keep-going");
    assert.equal(code, 1);
    assert.match(stderr, /the shared value in argument 1 of share\.push was changed while it ran, and is now/);
    assert.doesNotMatch(stderr, /share\.pick\(.*failed/);
    assert.deepEqual(project.results("share.jugdata").map(({ name, value }) => [name, value]).sort(), [
      ["share.make", { list: [3, 1, 2] }],
      ["share.pick", 3],
    ]);
  });
});

Deno.test("--debug fails a task whose list was changed after its declaration", async () => {
  const source = `${TASKS}const list = [1]; count(list); list.push(2);`;
  await withProject({ "late.ts": source }, async ({ jug, results }) => {
    const { code, stderr } = await jug("execute late.ts --debug");
    assert.equal(code, 1);
    assert.match(stderr, /late\.count: its arguments were changed after it was declared, to \[ 1, 2 \]/);
    assert.equal(results("late.jugdata").length, 0);
  });
});

Deno.test("--debug names the first task that two loads declare differently, and runs nothing", async () => {
  const random = `${TASKS}count([1]); pick({ list: [1] }, Math.random()); count([Math.random()]);`;
  const timely = `${TASKS}count([performance.timeOrigin + performance.now()]);`;
  await withProject({ "random.ts": random, "timely.ts": timely }, async ({ jug, results }) => {
    const randomRun = await jug("execute random.ts --debug");
    assert.equal(randomRun.code, 3);
    assert.match(
      randomRun.stderr,
      /two loads of random\.ts declare different tasks: the first difference, in argument 2, is between random\.pick\(/,
    );
    assert.match(randomRun.stderr, /Random or time-dependent arguments/);
    const timelyRun = await jug("execute timely.ts --debug");
    assert.match(timelyRun.stderr, /in argument 1, is between timely\.count\(/);
    assert.deepEqual([results("random.jugdata"), results("timely.jugdata")], [[], []]);
  });
});

Deno.test("--debug also checks tasks below a barrier, after the run has passed it", async () => {
  const source = `${TASKS}make(); await barrier(); pick({ list: [1] }, Math.random());`;
  await withProject({ "below.ts": source }, async ({ jug }) => {
    const { code, stderr } = await jug("execute below.ts --debug");
    assert.equal(code, 3);
    assert.match(stderr, /the first difference, in argument 2, is between below\.pick\(/);
  });
});
