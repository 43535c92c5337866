import assert from "node:assert/strict";
import { CompoundTask, CompoundTaskGenerator, mapreduce, type Task, TaskGenerator, value } from "jug";
import { createSession, runInSession, type Session } from "../../../core/session/session.ts";
import { dependenciesFirst, requiredTasks } from "../../../core/session/dependencies.ts";
import { executeAll, inSession, namesOf } from "../../support/in_session.ts";
import { overwrite } from "../../support/file/records.ts";
import { withProject } from "../../support/project.ts";
import { withTempDir } from "../../support/temp_dir.ts";

function double(n: number): number {
  return 2 * n;
}

/** Returns the source of a jugfile: the generators `double` and `sum`, then `text`. */
function jugfile(text: string): string {
  return `import { barrier, bvalue, CompoundTask, CompoundTaskGenerator, identity, type Task, TaskGenerator, value } from "jug";
const double = TaskGenerator(function double(n: number) { return 2 * n; });
const sum = TaskGenerator(function sum(ns: number[]) { return ns.reduce((a, b) => a + b, 0); });
${text}`;
}

Deno.test("a compound task's function is called to declare tasks only while its result is missing", async () => {
  await withTempDir(async (folder) => {
    let calls = 0;
    const declare = (session: Session) =>
      runInSession(session, async () => {
        const doubles = TaskGenerator(double);
        const all = CompoundTaskGenerator(function all(n: number) {
          calls++;
          return [doubles(n), { deep: doubles(n + 1) }] as const;
        });
        const compound = all(4);
        const after = TaskGenerator(function after([first, rest]: readonly [number, { readonly deep: number }]) {
          return first + rest.deep;
        })(compound);
        const executed = await executeAll();
        return { executed, values: await value([compound, after]), names: namesOf(session) };
      });
    const first = await declare(createSession({ jugdir: folder }));
    assert.equal(calls, 1);
    assert.equal(first.executed, 4);
    assert.deepEqual(first.values, [[8, { deep: 10 }], 18]);
    assert.equal(first.names["compound_test.double"], 2);
    const second = await declare(createSession({ jugdir: folder }));
    assert.equal(calls, 1);
    assert.deepEqual([second.executed, second.values], [0, first.values]);
    assert.deepEqual(second.names, { "compound_test.all": 1, "compound_test.after": 1 });
  });
});

Deno.test("CompoundTask takes a function that declares several tasks, and hashes like a plain task", async () => {
  await inSession(async (session) => {
    const add = TaskGenerator(function add(a: number, b: number) {
      return a + b;
    });
    function total(n: number) {
      return mapreduce(add, double, Array.from({ length: n }, (_, i) => i));
    }
    const task = CompoundTask(total, 100);
    assert.equal(task, CompoundTask(total, 100));
    await executeAll();
    assert.equal(await task.value(), 9900);
    assert.equal(namesOf(session)["compound_test.total"], 1);
    const twin = createSession();
    const plain = runInSession(twin, () => TaskGenerator(total)(100));
    assert.equal(task.hash, plain.hash);
    assert.throws(() => TaskGenerator(total)(7) && CompoundTask(total, 7), /declared as a task and as a compound task/);
  });
});

Deno.test("a compound task's function gets its arguments unchanged, and compound tasks can be nested", async () => {
  await inSession(async () => {
    const doubles = TaskGenerator(double);
    let got: unknown;
    const inner = CompoundTaskGenerator(function inner(n: number | Task<number>) {
      got = n;
      return doubles(n);
    });
    const outer = CompoundTaskGenerator(function outer(n: number) {
      return inner(inner(doubles(n)));
    });
    const tasks = [1, 2].map(outer);
    const plain = CompoundTask(function plain() {
      return { nothing: undefined, text: "no task at all" };
    });
    await executeAll();
    assert.deepEqual(await value(tasks), [8, 16]);
    assert.ok(typeof got === "object");
    assert.deepEqual(await plain.value(), { nothing: undefined, text: "no task at all" });
  });
});

Deno.test("a version makes a different compound task, and a function without a name is refused", () => {
  runInSession(createSession(), () => {
    function all() {
      return 1;
    }
    const [one, two] = [1, 2].map((version) => CompoundTaskGenerator(all, { version })());
    assert.notEqual(one?.hash, two?.hash);
    assert.throws(() => CompoundTask(() => 1), /CompoundTask was given a function without a name/);
    const two_ = CompoundTaskGenerator(function pairOf(a: number, b: number) {
      return a + b;
    });
    const misused: (n: number, index: number) => unknown = two_;
    assert.throws(() => [1].map(misused), /pairOf takes 2 arguments, but map passes it the item and its index/);
  });
});

Deno.test("dependenciesFirst() puts each task after its dependencies, also with compound tasks", async () => {
  await inSession(async (session) => {
    const doubles = TaskGenerator(double);
    const all = CompoundTaskGenerator(function all(n: number | Task<number>) {
      return doubles(doubles(n));
    });
    doubles(all(all(3)));
    await executeAll();
    const ordered = dependenciesFirst(session.tasks.values());
    assert.equal(ordered.length, session.tasks.size);
    const place = new Map(ordered.map((task, i) => [task.hash, i]));
    for (const task of ordered) {
      for (const required of requiredTasks(task.dependencies)) {
        assert.ok(
          (place.get(required.hash) ?? Infinity) < (place.get(task.hash) ?? -1),
          `${required.name}, ${task.name}`,
        );
      }
    }
  });
});

Deno.test("barrier() and bvalue() in a compound task's function wait for earlier tasks and its own", async () => {
  await withProject({
    "inside.ts": jugfile(`
const four = double(2);
const twice = CompoundTaskGenerator(async function twice(x: Task<number>) {
  const x2 = double(x);
  await barrier();
  const halfway = await value([x, x2] as const);
  const x3 = double(halfway[1]);
  return sum([await bvalue(x3), double(3)]);
});
const sixteen = twice(four);
export const after = double(sixteen);
await barrier();
console.log("at the end", await value([sixteen, after]));
`),
  }, async ({ jug }) => {
    const waiting = await jug("status inside.ts");
    assert.match(waiting.stderr, /more tasks may follow the barrier at .*inside\.ts:\d+/);
    assert.match(waiting.stdout, /^inside\.double +2 +1 +0 +0$/m);
    assert.match(waiting.stdout, /^inside\.twice +1 +0 +0 +0$/m);
    const first = await jug("execute inside.ts --workers 2");
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout + first.stderr, /^at the end \[ 22, 44 \]$/m);
    assert.match(first.stdout, /^inside\.twice +1 +0\b/m);
    const done = await jug("status inside.ts");
    assert.doesNotMatch(done.stderr, /may follow/);
    assert.match(done.stdout, /^inside\.double +0 +0 +2 +0$/m);
    const again = await jug("execute inside.ts");
    assert.match(again.stdout, /^Total: +0 +3\b/m);
    // Tasks that only the finished compound task needed are no longer declared.
    assert.match((await jug("cleanup inside.ts")).stdout, /^Removed 4 unused results$/m);
    assert.match((await jug("execute inside.ts")).stdout, /^Total: +0 +3\b/m);
  });
});

Deno.test("barriers between compound tasks open; a compound task runs again if its input is invalidated", async () => {
  await withProject({
    "between.ts": jugfile(`
const twice = CompoundTaskGenerator(function twice(n: number | Task<number>) { return [double(n), double(n)]; });
let eight = twice(identity(4));
await barrier();
eight = identity(eight);
await barrier();
export const sixteen = sum(eight);
`),
  }, async ({ jug }) => {
    const first = await jug("execute between.ts");
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /^Total: +5 +0\b/m);
    const gone = await jug("invalidate between.ts --target /identity/");
    assert.match(gone.stdout, /^between\.twice +1$/m);
    const again = await jug("execute between.ts");
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /^between\.sum +1 +0\b/m);
  });
});

Deno.test("a compound task whose inner task failed stays waiting, and the reason is reported", async () => {
  await withProject({
    "fails.ts": jugfile(`
const fail = TaskGenerator(function fail(n: number): number { throw new Error("no " + n); });
export const result = CompoundTask(function both() { return [double(1), fail(2)]; });
`),
  }, async ({ jug }) => {
    const { code, stderr } = await jug("execute fails.ts --keep-going");
    assert.equal(code, 1);
    assert.match(stderr, /fails\.both\(\) was not run: needs fails\.fail, which failed/);
    assert.match((await jug("status fails.ts")).stdout, /^fails\.both +0 +1 +0 +0 +0$/m);
  });
});

Deno.test("compound tasks whose functions return each other are reported, and do not block the run", async () => {
  await withProject({
    "circle.ts": jugfile(`const first = CompoundTaskGenerator(function first(): unknown { return [double(1), two]; });
const second = CompoundTaskGenerator(function second(): unknown { return one; });
const one: unknown = first();
const two: unknown = second();`),
  }, async ({ jug }) => {
    const { code, stdout, stderr } = await jug("execute circle.ts");
    assert.equal(code, 1);
    assert.match(stdout, /^circle\.double +1 +0\b/m);
    assert.match(
      stderr,
      /^jug: circle\.first\(\) was not run: needs circle\.\w+, which depends on itself through what compound functions returned$/m,
    );
    assert.match(stderr, /^jug: circle\.second\(\) was not run: /m);
  });
});

Deno.test("a throw, an invalid result or a late task in a compound task's function is a jugfile error", async () => {
  await withProject({
    "throws.ts": jugfile(`CompoundTask(async function broken() { await null; throw new TypeError("oh no"); });`),
    "itself.ts": jugfile(`const again = CompoundTaskGenerator(function mirror(): unknown { return again(); });
again();`),
    "keeps.ts": jugfile(`CompoundTask(function keeps() { return [double(1), { f: () => 1 }]; });`),
    "late.ts": jugfile(`let later: () => unknown = () => 0;
CompoundTask(function leaves() { later = () => double(1); return double(2); });
await barrier();
later();
CompoundTask(function leavesToo() { setTimeout(() => double(3)); return double(4); });
await barrier();
await new Promise((resolve) => setTimeout(resolve));`),
  }, async ({ jug }) => {
    for (const command of ["status", "execute"]) {
      const thrown = await jug(`${command} throws.ts`);
      assert.equal(thrown.code, 3, thrown.stderr);
      assert.match(thrown.stderr, /throws\.ts could not be loaded\n {2}TypeError: oh no\n {4}at .*throws\.ts:4:/);
      const itself = await jug(`${command} itself.ts`);
      assert.equal(itself.code, 3, itself.stderr);
      assert.match(itself.stderr, /itself\.mirror: .* returned the compound task itself/);
      const keeps = await jug(`${command} keeps.ts`);
      assert.equal(keeps.code, 3, keeps.stderr);
      assert.match(
        keeps.stderr,
        /keeps\.keeps: result\[1\]\.f is a function, which cannot be stored\n {2}Return data, and create the function/,
      );
    }
    const late = await jug("execute late.ts");
    assert.equal(late.code, 1, late.stderr);
    assert.match(late.stderr, /a task of late\.double was declared after the jugfile was loaded/);
  });
});

Deno.test("a compound task whose result is damaged declares its tasks again", async () => {
  await withProject({
    "damaged.ts": jugfile(`
const all = CompoundTaskGenerator(function all(n: number) { return [double(n), double(n + 1)]; });
export const total = sum(all(1));
`),
  }, async ({ jug, results }) => {
    assert.equal((await jug("execute damaged.ts")).code, 0);
    for (const { name, record } of results("damaged.jugdata")) {
      if (name === "damaged.all") overwrite(record, 30, new Uint8Array(8));
    }
    assert.equal((await jug("invalidate damaged.ts --target sum --yes")).code, 0);
    const { code, stdout, stderr } = await jug("execute damaged.ts");
    assert.equal(code, 0, stderr);
    assert.match(stderr, /is damaged/);
    assert.match(stdout, /^damaged\.all +1 +0\b/m);
    assert.match(stdout, /^damaged\.double +0 +2\b/m);
  });
});

/** Never called: the compiler checks it. */
function _types(task: Task<number>): void {
  type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
  const is = <Expected>() => <Actual>(_: Actual, ..._differs: Same<Actual, Expected> extends true ? [] : [never]) => {};
  const all = CompoundTaskGenerator(async function all(n: number | Task<number>, _label?: string) {
    return await Promise.resolve({ n, task });
  });
  is<Task<{ n: number; task: number }>>()(all(1));
  is<Task<{ n: number; task: number }>>()(all(task, "x"));
  is<Task<number[]>>()(CompoundTask(function tasks(n: number) {
    return Array.from({ length: n }, () => task);
  }, 3));
  // @ts-expect-error: it takes a number
  all("1");
  // @ts-expect-error: its parameter is a number, and it would get the task itself
  CompoundTask(double, task);
}
