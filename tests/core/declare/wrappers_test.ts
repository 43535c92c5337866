import assert from "node:assert/strict";
import { customHash, noHash, noLoad, type Task, TaskGenerator, value, valueAfter } from "jug";
import { formatArguments } from "../../../core/format.ts";
import { executeAll, inSession } from "../../support/in_session.ts";

const generators = () => ({
  double: TaskGenerator(function double(n: number) {
    return 2 * n;
  }),
  pair: TaskGenerator(function pair(a: unknown, b: unknown) {
    return [a, b];
  }),
});

Deno.test("noHash: the value is passed on, and does not change the task's hash", async () => {
  await inSession(async () => {
    const { double, pair } = generators();
    const one = pair(1, noHash("first"));
    assert.equal(one, pair(1, noHash("second")));
    assert.notEqual(one, pair(1, "first"));
    assert.notEqual(one, pair(1, undefined));
    const later = pair(2, noHash({ deep: [double(4)] }));
    assert.equal(await executeAll(), 5);
    assert.deepEqual(await value([one, later]), [[1, "first"], [2, { deep: [8] }]]);
  });
});

Deno.test("noHash: a value that can be neither hashed nor copied is passed on unchanged", async () => {
  await inSession(async () => {
    class Counter {
      count = 0;
      up = () => ++this.count;
    }
    const use = TaskGenerator(function use(counter: Counter, log: (line: string) => void) {
      log(`${counter instanceof Counter} ${counter.up()}`);
    });
    const lines: string[] = [];
    use(noHash(new Counter()), noHash((line: string) => void lines.push(line)));
    await executeAll();
    assert.deepEqual(lines, ["true 1"]);
  });
});

Deno.test("noHash: a value that can be neither hashed nor copied is passed on unchanged next to a task", async () => {
  await inSession(async () => {
    const { double } = generators();
    class Counter {
      count = 0;
    }
    const counter = new Counter();
    const headers = new Headers({ a: "b" });
    const use = TaskGenerator(function use(given: { n: number; counter: Counter; headers: Headers }) {
      return [given.n, given.counter === counter, given.headers === headers];
    });
    const used = use(noHash({ n: double(4), counter, headers }));
    await executeAll();
    assert.deepEqual(await value(used), [8, true, true]);
  });
});

Deno.test("a task in a Map, a Set or an Error is refused in a wrapped argument, as in any other argument", async () => {
  await inSession(() => {
    const { double, pair } = generators();
    const task = double(1);
    const list = [task];
    for (const holder of [new Map([[1, task]]), new Set([task]), new Error("x", { cause: task })]) {
      assert.throws(() => noHash({ deep: [holder] }), {
        message: /^noHash\(value\): the task wrappers_test\.double is inside a Map, .*\n {2}Pass an array or a plain/,
      });
      assert.throws(() => customHash(holder, () => "x"), /customHash.* contains the task wrappers_test\.double/);
    }
    // The same list occurs twice: where its tasks can be replaced, and where they cannot.
    assert.throws(() => noHash({ list, map: new Map([[1, list]]) }), /is inside a Map/);
    assert.throws(() => noHash({ map: new Map([[1, list]]), list }), /is inside a Map/);
    assert.throws(() => pair(1, new Map([[1, noHash(task)]])), /argument 2\.get\(1\) is a task inside a Map/);
    const circle: unknown[] = [];
    circle.push(new Map([["self", circle]]));
    assert.ok(pair(1, customHash(new Map([["self", new Map()]]), () => "x")));
    assert.ok(noHash(new Map([["circle", new Map([[1, circle]])]])));
  });
});

Deno.test("noLoad: the function gets the task itself, once it is finished", async () => {
  await inSession(async (session) => {
    const { double } = generators();
    const sum = TaskGenerator(async function sum(tasks: Task<number>[]) {
      let total = 0;
      for (const task of tasks) total += await task.value();
      return total;
    });
    const doubles = [1, 2, 3].map(double);
    const total = sum(doubles.map(noLoad));
    const after = double(total);
    assert.equal(session.tasks.get(total.hash)?.dependencies.length, 3);
    await executeAll();
    assert.equal(await total.canRun(), true);
    assert.deepEqual(await value([total, after]), [12, 24]);
    const misuse: (task: never) => unknown = noLoad;
    assert.throws(() => misuse(7 as never), /noLoad\(task\) takes a task or a tasklet/);
  });
});

Deno.test("noLoad: a task and its result are different arguments", async () => {
  await inSession(() => {
    const { double, pair } = generators();
    assert.notEqual(pair(1, double(1)), pair(1, noLoad(double(1))));
  });
});

Deno.test("customHash: the digest that the given function returns is hashed instead of the value", async () => {
  await inSession(async () => {
    const { double, pair } = generators();
    let calls = 0;
    const parity = (n: number) => {
      calls++;
      return n % 2 === 0 ? "even" : "odd";
    };
    const two = double(customHash(2, parity));
    assert.equal(two, double(customHash(4, parity)));
    assert.notEqual(two, double(customHash(3, parity)));
    assert.equal(calls, 3);
    class Model {
      constructor(readonly name: string) {}
      greet = () => `I am ${this.name}`;
    }
    const greet = TaskGenerator(function greet(model: Model) {
      return model.greet();
    });
    const greeting = greet(customHash(new Model("small"), ({ name }) => name));
    assert.throws(() => pair(1, customHash([two], () => "x")), /customHash.* contains the task wrappers_test\.double/);
    assert.throws(() => customHash(1, (() => 7) as never), /the hash function returned number, not a string/);
    assert.throws(() => customHash(1, (() => Promise.resolve("x")) as never), /the hash function returned a promise/);
    await executeAll();
    assert.deepEqual(await value([two, greeting]), [4, "I am small"]);
  });
});

Deno.test("valueAfter: the value is available once the token is finished, and the token is not loaded", async () => {
  await inSession(async () => {
    const { double } = generators();
    const order: string[] = [];
    const write = TaskGenerator(function write() {
      order.push("write");
    });
    const read = TaskGenerator(function read(path: string) {
      order.push("read");
      return path;
    });
    const text = read(valueAfter("out.txt", { all: [write()] }));
    const of = valueAfter(double(4), write());
    assert.notEqual(valueAfter("out.txt", write()).hash, valueAfter("out.txt", double(1)).hash);
    await executeAll();
    assert.deepEqual(order, ["write", "read"]);
    assert.deepEqual(await value([text, of]), ["out.txt", 8]);
  });
});

Deno.test("wrapped arguments are shown as written, with names in place of tasks", async () => {
  await inSession(() => {
    const { double } = generators();
    assert.equal(
      formatArguments([noLoad(double(1)), noHash([2]), customHash("x", () => "y")]),
      "noLoad(<wrappers_test.double>), noHash([ 2 ]), customHash('x')",
    );
  });
});
