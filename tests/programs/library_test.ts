import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { TaskGenerator } from "jug";
import { createSession, runInSession } from "../../core/session/session.ts";
import { type Project, withProject } from "../support/project.ts";

/** Runs a jugfile to its end and returns the results of its tasks by name, in no particular order. */
async function valuesOf({ jug, results }: Project, jugfile: string, options = ""): Promise<Map<string, unknown[]>> {
  const { code, stderr } = await jug(`execute ${jugfile}${options}`);
  assert.equal(code, 0, stderr);
  const values = new Map<string, unknown[]>();
  for (const { name, value } of results(jugfile.replace(".ts", ".jugdata"))) {
    values.set(name, [...values.get(name) ?? [], value]);
  }
  return values;
}

Deno.test("called by map or forEach, a generator makes tasks of one argument; a function of two parameters is refused", () => {
  const session = createSession();
  runInSession(session, () => {
    const isPrime = TaskGenerator(function isPrime(n: number) {
      return n > 1;
    });
    const two = TaskGenerator(function two(a: number, b: number) {
      return a + b;
    });
    [2, 3, 4].map(isPrime);
    Uint8Array.of(2, 3).forEach((n) => isPrime(n));
    [5].values().map(isPrime).toArray();
    [6].forEach(isPrime);
    // A plain call with two arguments is not a call by map.
    two(7, 0);
    assert.deepEqual([...session.tasks.values()].map(({ args }) => args), [[2], [3], [4], [5], [6], [7, 0]]);
    const misused: (n: number, index: number) => unknown = two;
    assert.throws(() => [1].map(misused), {
      message: /^library_test\.two takes 2 arguments, but map passes it the item and its index\n {2}Write out the/,
    });
  });
});

Deno.test("tasks, tasklets, shared values and identity work at any depth of arguments", async () => {
  await withProject({
    "depth.ts": `import { barrier, identity, shared, TaskGenerator, tasklet, value } from "jug";
const make = TaskGenerator(function make(n: number) {
  return { list: [{ n }, new Map([["key", { n: n + 1 }]])] as const, when: new Date(n) };
});
const keep = TaskGenerator(function keep(x: unknown) { return x; });
const at = TaskGenerator(function at(table: { words: string[] }, i: number) {
  const seen = (globalThis as { seen?: unknown }).seen ??= table;
  return [table.words[i], seen === table];
});
const made = make(1);
const n = made.get("list").get(0).get("n");
const half = tasklet(n, async function half(m) { return await m / 2; });
const again = half.get("constructor").get("name");
keep([{ made: [made] }, { n, half, again }, [[made.get("list").get(1).get("key")]]]);
keep({ when: made.get("when"), nothing: undefined });
const table = shared(identity({ words: ["zero", "one", "two"] }));
[0, 2].forEach((i) => at(table, i));
await barrier();
console.log(JSON.stringify(await value({ deep: [{ n }, [half]], plain: 7 })));
`,
  }, async (project) => {
    const values = await valuesOf(project, "depth.ts");
    const made = { list: [{ n: 1 }, new Map([["key", { n: 2 }]])], when: new Date(1) };
    assert.deepEqual(values.get("depth.make"), [made]);
    const [list, rest] = values.get("depth.keep")?.toSorted((a, b) =>
      Number(Array.isArray(b)) - Number(Array.isArray(a))
    ) ?? [];
    assert.deepEqual(list, [{ made: [made] }, { n: 1, half: 0.5, again: "Number" }, [[{ n: 2 }]]]);
    assert.deepEqual(rest, { when: new Date(1), nothing: undefined });
    // Shared: both tasks, which ran in the same worker, got the same object.
    assert.deepEqual(values.get("depth.at")?.sort(), [["two", true], ["zero", true]]);
    assert.match((await project.jug("execute depth.ts")).stdout, /^\{"deep":\[\{"n":1\},\[0\.5\]\],"plain":7\}$/m);
  });
});

Deno.test("a task that changes its arguments affects no other task, for plain values, results and tasklets", async () => {
  await withProject({
    "spoil.ts": `import { TaskGenerator } from "jug";
interface Box { list: number[]; map: Map<string, number[]>; inner: { set: Set<number> } }
const fresh = (): Box => ({ list: [1], map: new Map([["a", [1]]]), inner: { set: new Set([1]) } });
const make = TaskGenerator(function make() { return fresh(); });
const spoil = TaskGenerator(function spoil(box: Box, inner: Box["inner"], tag: number) {
  box.list.push(2);
  box.map.get("a")?.push(2);
  box.map.set("b", []);
  inner.set.add(tag);
  return [tag, box.list.length, box.map.size, box.map.get("a")?.length, box.inner.set.size, inner.set.size];
});
const plain = fresh();
const made = make();
for (const tag of [10, 11, 12]) {
  spoil(plain, plain.inner, tag);
  spoil(made, made.get("inner"), tag + 10);
}
`,
  }, async (project) => {
    const values = await valuesOf(project, "spoil.ts");
    const seen = values.get("spoil.spoil")?.map((value): unknown[] => Array.isArray(value) ? value.slice(1) : []);
    assert.equal(seen?.length, 6);
    // Within one task, an object given twice may be one object or two. Between tasks nothing is shared.
    for (const each of seen) assert.deepEqual([each.slice(0, 3), each[4]], [[2, 2, 2], 2]);
  });
});

Deno.test("undefined and null are results like any other", async () => {
  await withProject({
    "nothing.ts": `import { TaskGenerator } from "jug";
const nothing = TaskGenerator(function nothing(): void {});
const none = TaskGenerator(function none() { return null; });
const both = TaskGenerator(function both(...values: unknown[]) { return values; });
both(nothing(), none());
`,
  }, async (project) => {
    assert.deepEqual((await valuesOf(project, "nothing.ts")).get("nothing.both"), [[undefined, null]]);
    assert.match((await project.jug("execute nothing.ts")).stdout, /^Total: +0 +3\b/m);
  });
});

Deno.test("two copies of the library, imported by two paths, declare into one session", async () => {
  await withProject({
    "twice.ts": `import { barrier, TaskGenerator } from "jug";
import { getTasks, isTask, TaskGenerator as Other, value } from "./copy/mod.ts";
const a = TaskGenerator(function a(n: number) { return n + 1; });
const b = Other(function b(n: number) { return n * 10; });
const mixed = a(b(a(1)));
await barrier();
console.log("mixed", await value([mixed]), isTask(mixed), getTasks().length);
`,
  }, async ({ folder, jug }) => {
    const root = fileURLToPath(new URL("../..", import.meta.url));
    for (const part of ["mod.ts", "core", "engine", "backends", "commands"]) {
      cpSync(`${root}${part}`, `${folder}/copy/${part}`, { recursive: true });
    }
    const { code, stdout, stderr } = await jug("execute twice.ts --workers 2");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^mixed \[ 21 \] true 3$/m);
    assert.match(stdout, /^Total: +3 +0\b/m);
  });
});

Deno.test("output of the top level is shown once, whatever the number of workers; output of tasks is always shown", async () => {
  await withProject({
    "chatty.ts": `import { args, TaskGenerator } from "jug";
console.log("top", args);
console.error("also", args.length, [...args].join("+"));
const talk = TaskGenerator(function talk(n: number) { console.log("task " + n); });
[1, 2, 3, 4].map(talk);
`,
  }, async ({ jug }) => {
    const { code, stdout, stderr } = await jug("execute chatty.ts 99 fast --workers 3 -- --deep");
    assert.equal(code, 0);
    assert.equal(stdout.match(/^top \[ "99", "fast", "--deep" \]$/gm)?.length, 1);
    assert.equal(stderr.match(/^also 3 99\+fast\+--deep$/gm)?.length, 1);
    assert.deepEqual(stdout.match(/^task \d$/gm)?.sort(), ["task 1", "task 2", "task 3", "task 4"]);
  });
});

Deno.test("memory: works for two workers of one process and leaves nothing; templates in a jugdir are replaced", async () => {
  await withProject({
    "chain.ts": `import { barrier, TaskGenerator, value } from "jug";
const add = TaskGenerator(async function add(a: number, b: number) { return await a + b; });
let sum = add(0, 1);
for (let i = 2; i <= 20; i++) sum = add(sum, i);
const apart = Array.from({ length: 30 }, (_, i) => add(i, 1000));
await barrier();
console.log("sum", await value(sum), (await value(apart)).length);
`,
  }, async ({ jug, names }) => {
    const memory = await jug("execute chain.ts --jugdir memory: --workers 2");
    assert.equal(memory.code, 0, memory.stderr);
    assert.match(memory.stdout, /^sum 210 30$/m);
    assert.match(memory.stdout, /^Total: +50 +0\b/m);
    assert.deepEqual(names("."), ["chain.ts"]);
    assert.equal((await jug("execute chain.ts --jugdir out/{jugfile}-{date}")).code, 0);
    assert.match(names("out").join(), /^chain-\d{4}-\d\d-\d\d$/);
  });
});
