import assert from "node:assert/strict";
import { iterateTask, returnTuple, type Task, TaskGenerator, TaskGenerators, type Tasklet, tasklet, value } from "jug";
import { executeAll, inSession, namesOf } from "../../support/in_session.ts";

const steps = () =>
  TaskGenerators("Steps", {
    double(ns: readonly number[]) {
      return ns.map((n) => 2 * n);
    },
    add(a: number, b: number) {
      return a + b;
    },
    halves(n: number): [number, string] {
      return [n / 2, `${n}/2`];
    },
  });

Deno.test("TaskGenerators names tasks module.group.function, and returns ordinary generators", async () => {
  await inSession(async (session) => {
    const { double, add, halves } = steps();
    const results = [double([1]), add(1, double([2]).get(0)), ...[3].map(halves)] as const;
    assert.deepEqual(Object.keys(namesOf(session)), [
      "iterate_task_test.Steps.double",
      "iterate_task_test.Steps.add",
      "iterate_task_test.Steps.halves",
    ]);
    assert.equal(add.f(1, 2), 3);
    const [versioned] = Object.values(TaskGenerators("Steps", { add: add.f }, { version: 2 })).map((g) => g(1, 2));
    assert.notEqual(versioned?.hash, add(1, 2).hash);
    assert.throws(
      () => TaskGenerators("Steps", { add: () => 0 }),
      /two different functions are both named .*Steps\.add/,
    );
    await executeAll();
    assert.deepEqual(await value(results), [[2], 5, [1.5, "3/2"]]);
  });
});

Deno.test("tasklets can be chained, are recomputed and never stored; one without a name is refused", async () => {
  await inSession(async (session) => {
    const { double, add } = steps();
    const all = double([0, 1, 2, 3]);
    const sum = add(all.get(0), all.get(2));
    let calls = 0;
    const plusOne = tasklet(sum, function plusOne(n: number) {
      calls++;
      return n + 1;
    });
    const plusTwo = tasklet(plusOne, (n) => n + 1, { name: "plusTwo" });
    const total = add(plusOne, plusTwo);
    assert.throws(() => tasklet(sum, (n) => n), /tasklet was given a function without a name/);
    assert.equal(await executeAll(), 3);
    assert.equal(calls, 1);
    assert.deepEqual(await value([all.get(0), all.get(2), sum, plusOne, plusTwo, total]), [0, 4, 4, 5, 6, 11]);
    assert.equal(calls, 2);
    assert.equal(session.tasks.size, 3);
  });
});

Deno.test("the key that get() takes may be a task", async () => {
  await inSession(async (session) => {
    const { double } = steps();
    const zero = TaskGenerator(function zero() {
      return 1;
    });
    const at = zero();
    const part = double([5, 6]).get(at);
    const four = double([part]);
    assert.equal(session.tasks.get(four.hash)?.dependencies.length, 1);
    await executeAll();
    assert.deepEqual([await part.value(), await four.value()], [12, [24]]);
  });
});

Deno.test("iterateTask and returnTuple split a result into independent elements", async () => {
  await inSession(async () => {
    const { double, add, halves } = steps();
    const [a, b, c] = iterateTask(double([1, 2, 3]), 3);
    const halved = returnTuple(2)(halves);
    const [number, text] = halved(7);
    const mapped = [4, 6].map(halved);
    const sum = add(a, c);
    const sumOfHalves = add(number, mapped[1]?.[0] ?? 0);
    await executeAll();
    assert.deepEqual(await value([a, b, c, sum, number, text, sumOfHalves]), [2, 4, 6, 8, 3.5, "7/2", 6.5]);
    assert.deepEqual(await value(mapped), [[2, "4/2"], [3, "6/2"]]);
  });
});

Deno.test("a result of an unexpected length is an error that names the task", async () => {
  await inSession(async () => {
    const { double, add } = steps();
    const task = double([1, 2, 3]);
    const [first] = iterateTask(task, 2);
    const [last] = iterateTask(add(1, 2) as unknown as Task<number[]>, 2);
    await executeAll();
    await assert.rejects(first.value(), /Steps\.double: its result is an array of 3, but should be an array of 2/);
    await assert.rejects(last.value(), /Steps\.add: its result is not an array/);
    assert.throws(() => iterateTask(task, 1.5), /cannot be split into 1\.5 elements: not a valid length/);
    const misuse: (generator: never) => unknown = returnTuple(2);
    assert.throws(() => misuse((() => [1, 2]) as never), /returnTuple\(2\) takes a TaskGenerator/);
  });
});

/** Never called: the compiler checks it. */
function _types(list: Task<number[]>, tuple: Task<[number, string]>, index: Task<number>, n: number): void {
  type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
  const is = <Expected>() => <Actual>(_: Actual, ..._differs: Same<Actual, Expected> extends true ? [] : [never]) => {};
  is<[Tasklet<number>, Tasklet<number>]>()(iterateTask(list, 2));
  is<[Tasklet<number>, Tasklet<string>]>()(iterateTask(tuple, 2));
  is<Tasklet<number>[]>()(iterateTask(list, n));
  is<Tasklet<number>>()(list.get(index));
  // @ts-expect-error: the result has two elements
  const [_a, _b, _c] = iterateTask(tuple, 3);
  // @ts-expect-error: a task of a string cannot index a list
  list.get(tuple.get(1));
  const { add } = steps();
  is<Task<number>>()(add(1, list.get(0)));
  // @ts-expect-error: it takes numbers
  add(1, "2");
  const halved = returnTuple(2)(steps().halves);
  is<[Tasklet<number>, Tasklet<string>]>()(halved(index));
  // @ts-expect-error: it takes a number
  halved("2");
}
