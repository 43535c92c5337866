import assert from "node:assert/strict";
import { format } from "node:util";
import {
  CompoundTask,
  CompoundTaskGenerator,
  mapreduce,
  noHash,
  noLoad,
  returnTuple,
  shared,
  TaskGenerator,
  tasklet,
} from "jug";
import { inSession } from "../../support/in_session.ts";
import { withProject } from "../../support/project.ts";

/** Ways to use a task as a value in code without type checks. */
const USES: Readonly<Record<string, (x: never) => unknown>> = {
  "in a template": (x) => `${x}.txt`,
  "in a sum": (x) => "x" + x,
  "in a product": (x) => x * 2,
  "in a comparison": (x) => x > 5,
  "as equal to a number": (x) => x == 3,
  "as a number": (x) => Number(x),
  "as text": (x) => String(x),
  "by toString": (x) => Object(x).toString(),
  "by toLocaleString": (x) => Object(x).toLocaleString(),
  "as a property's key": (x) => Object(["a"])[x],
  "in join": (x) => [x, x].join(),
  "in sort": (x) => [x, x].sort(),
  "for console.log's %s and %d": (x) => format("%d", x),
};

Deno.test("using a task, tasklet, generator or wrapped argument as a value is an error that names it", async () => {
  await inSession(() => {
    const name = TaskGenerator(function name(n: number) {
      return `n${n}`;
    });
    const pair = TaskGenerator(function pair(n: number) {
      return [n, n];
    });
    function group(n: number) {
      return [name(n)];
    }
    const later = /\n {2}Pass it to a task as an argument, or wait for its result: `await bvalue\(it\)`$/;
    const wrapped = /\n {2}Pass it to a task as an argument, or use the wrapped value$/;
    const maker = /\n {2}Call it, and pass the task that the call returns$/;
    const things: readonly (readonly [thing: unknown, what: string, remedy: RegExp])[] = [
      [name(1), "the task used_as_value_test.name(1)", later],
      [CompoundTask(group, 7), "the task used_as_value_test.group(7)", later],
      [name(1).get("length"), 'the tasklet used_as_value_test.name.get("length")', later],
      [
        tasklet(name(1), function upper(text) {
          return text.toUpperCase();
        }),
        "the tasklet used_as_value_test.upper(used_as_value_test.name)",
        later,
      ],
      [mapreduce.map(Math.abs, [1]), "the tasklet jug.mapreduce.map(used_as_value_test.abs)", later],
      [shared(5), "shared(5)", wrapped],
      [noHash(5), "noHash(5)", wrapped],
      [noLoad(name(1)), "noLoad(<used_as_value_test.name>)", wrapped],
      [name, "the TaskGenerator used_as_value_test.name", maker],
      [
        CompoundTaskGenerator(function both(n: number) {
          return [name(n)];
        }),
        "the CompoundTaskGenerator used_as_value_test.both",
        maker,
      ],
      [returnTuple(2)(pair), "the generator that returnTuple made from used_as_value_test.pair", maker],
    ];
    for (const [thing, what, remedy] of things) {
      for (const [how, use] of Object.entries(USES)) {
        assert.throws(() => Reflect.apply(use, undefined, [thing]), (error) => {
          assert.ok(error instanceof Error && error.name === "JugError", `${what} ${how}: ${error}`);
          assert.ok(error.message.startsWith(`${what} was used as a value\n`), error.message);
          assert.match(error.message, remedy);
          return true;
        });
      }
    }
  });
});

Deno.test("inspecting, comparing and collecting tasks is allowed", async () => {
  await inSession(() => {
    const name = TaskGenerator(function name(n: number) {
      return `n${n}`;
    });
    const task = name(1);
    assert.equal(Deno.inspect(task), "Task used_as_value_test.name(1)");
    assert.match(Deno.inspect(name), /^\[Function: name\]/);
    assert.equal(task === name(1), true);
    assert.equal(Object.is(task, undefined), false);
    assert.ok([task].includes(task) && new Set([task]).has(task));
    assert.deepEqual([task].toSorted((a, b) => a.hash < b.hash ? -1 : 1), [task]);
  });
});

Deno.test("the error names the jugfile's line, nothing is stored, and in a task it suggests value()", async () => {
  const load = `import { TaskGenerator } from "jug";
const name = TaskGenerator(function name(n: number) { return "n" + n; });
const write = TaskGenerator(function write(path: string) { return path; });
write(\`\${name(1)}.txt\`);
`;
  const run = `import { noLoad, type Task, TaskGenerator } from "jug";
const two = TaskGenerator(function two() { return 2; });
const twice = TaskGenerator(function twice(n: Task<number>) {
  return 2 * (n as unknown as number);
});
twice(noLoad(two()));
`;
  await withProject({ "load.ts": load, "run.ts": run }, async ({ jug, results }) => {
    const loaded = await jug("execute load.ts");
    assert.equal(loaded.code, 3);
    assert.match(
      loaded.stderr,
      /\n {2}the task load\.name\(1\) was used as a value\n {2}Pass it to a task .*\n {4}at .*load\.ts:4:/,
    );
    assert.deepEqual(results("load.jugdata"), []);
    const ended = await jug("execute run.ts");
    assert.equal(ended.code, 1);
    assert.match(
      ended.stderr,
      /the task run\.two\(\) was used as a value\n.*Get its result: `await it\.value\(\)`/,
    );
    assert.match(ended.stderr, /run\.ts:4:/);
    assert.deepEqual(results("run.jugdata").map(({ name }) => name), ["run.two"]);
  });
});
