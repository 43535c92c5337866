import assert from "node:assert/strict";
import { args, CompoundTaskGenerator, returnTuple, TaskGenerator } from "jug";
import { createSession, runInSession } from "../../../core/session/session.ts";

class Scores extends Array<number> {}

class Bytes extends Uint8Array {}

/** Returns the arguments of the tasks that `declare` declares, in order. */
async function declared(declare: (one: (n: unknown) => unknown) => unknown): Promise<unknown[]> {
  const session = createSession({ args: ["a", "b"] });
  await runInSession(session, async () => {
    const one = TaskGenerator(function one(n: unknown) {
      return n;
    });
    await declare(one);
  });
  return [...session.tasks.values()].map((task) => task.args);
}

Deno.test("a generator called by any built-in mapping function gets only the item, for any kind of list", async () => {
  assert.deepEqual(await declared((one) => Scores.of(5, 6).map(one)), [[5], [6]]);
  assert.deepEqual(await declared((one) => new Bytes(1).forEach(one)), [[0]]);
  assert.deepEqual(await declared((one) => args.map(one)), [["a"], ["b"]]);
  assert.deepEqual(await declared((one) => Array.from([5, 6], one)), [[5], [6]]);
  assert.deepEqual(await declared((one) => Scores.from([5, 6], one as () => number)), [[5], [6]]);
  assert.deepEqual(await declared((one) => Array.fromAsync([5, Promise.resolve(6)], one)), [[5], [6]]);
  assert.deepEqual(await declared((one) => new Set([5]).values().map(one).toArray()), [[5]]);
  const compound: unknown[] = await declared(() => {
    Scores.of(5).map(CompoundTaskGenerator(function inner(n: number) {
      return n;
    }));
    const pair = returnTuple(1)(TaskGenerator(function pair(n: number) {
      return [n];
    }));
    return Array.fromAsync([6], pair);
  });
  assert.deepEqual(compound, [[5], [6]]);
});

Deno.test("lists that are mapped at the same time, with holes, in part, or again: a generator gets only the item", async () => {
  const slow = (item: number) => new Promise<number>((resolve) => setTimeout(resolve, 0, item));
  const pairs = await declared((one) =>
    Promise.all([Array.fromAsync([1, 2, 3].map(slow), one), Array.fromAsync([4, 5, 6].map(slow), one)])
  );
  assert.deepEqual(pairs.sort(), [[1], [2], [3], [4], [5], [6]]);
  // deno-lint-ignore no-sparse-arrays
  assert.deepEqual(await declared((one) => [5, , 6].map(one)), [[5], [6]]);
  assert.deepEqual(await declared((one) => [5, 6].findLast(one as () => boolean)), [[6]]);
  assert.deepEqual(await declared((one) => [NaN].map(one)), [[NaN]]);
  const some = await declared((one) => {
    new Set([5, 6]).values().map(one).next();
    const call = (...given: unknown[]) => Reflect.apply(one, undefined, given);
    call(7, 0);
    call(8, 1);
    return Array.from([1, 2], one);
  });
  assert.deepEqual(some, [[5], [7, 0], [8, 1], [1], [2]]);
});

Deno.test("an index that user code passes is an ordinary argument, even with limited or prepared stacks", async () => {
  const call = (one: (...given: unknown[]) => unknown) => {
    one(7, 0);
    new Function("one", "one(8, 1)")(one);
    Reflect.apply(one, undefined, [9, 2, [9]]);
  };
  const expected = [[7, 0], [8, 1], [9, 2, [9]]];
  assert.deepEqual(await declared(call), expected);
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const prepare = () => "no stack";
  Error.prepareStackTrace = prepare;
  try {
    assert.deepEqual(await declared(call), expected);
    assert.deepEqual(await declared((one) => [5].map(one)), [[5]]);
    assert.deepEqual([Error.stackTraceLimit, Error.prepareStackTrace], [0, prepare]);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    if (prepareStackTrace === undefined) Reflect.deleteProperty(Error, "prepareStackTrace");
    else Error.prepareStackTrace = prepareStackTrace;
  }
});
