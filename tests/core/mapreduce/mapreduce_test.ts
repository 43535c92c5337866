import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpuUsage } from "node:process";
import { getTasks, identity, mapreduce, type Sequence, type Task, TaskGenerator, type Tasklet, value } from "jug";
import type { Node } from "../../../core/brand.ts";
import { requiredTasks } from "../../../core/session/dependencies.ts";
import { sequenceOf } from "../../../core/declare/sequence.ts";
import { executeAll, inSession, namesOf } from "../../support/in_session.ts";

function square(n: number): number {
  return n * n;
}
function add(a: number, b: number): number {
  return a + b;
}
async function addLater(a: number, b: number): Promise<number> {
  await Promise.resolve();
  return a + b;
}
function join(a: string, b: string): string {
  return a + b;
}
function letter(n: number): string {
  return String.fromCharCode(97 + n % 26);
}
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Returns how many tasks must be finished before `node` can be loaded. */
function needed(node: unknown): number {
  return requiredTasks([node as Node]).length;
}

Deno.test("mapreduce returns the same as a plain map and reduce, in input order, for any step sizes", async () => {
  const expected = range(101).map(letter).reduce(join);
  for (const [mapStep, reduceStep] of [[1, 2], [4, 8], [7, 3], [101, 2], [500, 50]] as const) {
    await inSession(async () => {
      const task = mapreduce(join, letter, range(101), { mapStep, reduceStep });
      await executeAll();
      assert.equal(await task.value(), expected);
    });
  }
});

Deno.test("mapreduce over 100,000 numbers declares about 3,600 named tasks, and equals a plain reduce", async () => {
  await inSession(async (session) => {
    const numbers = range(100_000);
    // CPU time does not depend on the load of the machine.
    const before = cpuUsage();
    const task = mapreduce(add, square, numbers, { mapStep: 32 });
    const { user, system } = cpuUsage(before);
    assert.ok(user + system < 2_000_000, `${(user + system) / 1000} ms`);
    assert.deepEqual(namesOf(session), {
      "jug.mapreduce(mapreduce_test.add, mapreduce_test.square)": 3125,
      "jug.mapreduce.reduce(mapreduce_test.add)": 391 + 49 + 7 + 1,
    });
    await executeAll();
    assert.equal(await task.value(), numbers.map(square).reduce(add));
  });
});

Deno.test("mapreduce takes TaskGenerators and plain functions, synchronous and asynchronous", async () => {
  await inSession(async () => {
    const generators = [TaskGenerator(addLater), TaskGenerator(square)] as const;
    const tasks = [
      mapreduce(...generators, range(20)),
      mapreduce(addLater, square, range(20)),
      mapreduce(add, generators[1], range(20)),
    ];
    // A plain function is treated like a generator of the same name.
    assert.equal(tasks[0], tasks[1]);
    await executeAll();
    assert.deepEqual(await value(tasks), [2470, 2470, 2470]);
  });
});

Deno.test("the version of a mapper is part of the hash", async () => {
  await inSession(async () => {
    const [one, two] = [1, 2].map((version) => TaskGenerator(square, { version }));
    assert.ok(one !== undefined && two !== undefined);
    const tasks = [square, one, two].map((mapper) => mapreduce(add, mapper, [1, 2]));
    assert.equal(new Set(tasks.map((task) => task.hash)).size, 3);
    await executeAll();
    assert.deepEqual(await value(tasks), [5, 5, 5]);
  });
});

Deno.test("two different functions with the same name are refused", async () => {
  await inSession(() => {
    const other = { square: (n: number) => -n }.square;
    mapreduce.map(square, [1]);
    assert.throws(() => mapreduce.map(other, [1]), /two different functions are both named mapreduce_test\.square/);
    assert.throws(() => mapreduce(add, ((n: number) => n) as typeof square, [1]), /a function without a name/);
  });
});

Deno.test("no inputs give an empty list, and a single input is not reduced", async () => {
  await inSession(async () => {
    const empty = mapreduce(add, square, []);
    const one = mapreduce(add, square, [3]);
    const oneReduced = mapreduce.reduce(add, [4]);
    const nothing = mapreduce.map(square, []);
    const length = identity(nothing);
    await executeAll();
    assert.deepEqual(await value([empty, one, oneReduced, nothing, length]), [[], 9, 4, [], []]);
    assert.deepEqual([nothing.length, [...nothing], needed(nothing)], [0, [], 0]);
  });
});

Deno.test("inputs may hold tasks and tasklets, and may be any iterable or the sequence of another map", async () => {
  await inSession(async () => {
    const double = TaskGenerator(function double(n: number) {
      return 2 * n;
    });
    const pair = TaskGenerator(function pair(n: number) {
      return [n, n + 1];
    });
    const mixed = mapreduce.map(square, [1, double(1), pair(3).get(1), ...[double(3)]]);
    const chained = mapreduce.map(square, mixed, { mapStep: 3 });
    const sums = [
      mapreduce.reduce(add, chained),
      mapreduce(add, square, mixed),
      mapreduce.reduce(add, new Set([1, 2])),
    ];
    const typed = mapreduce.map(square, Float64Array.of(1.5, 2));
    await executeAll();
    assert.deepEqual(await value(mixed), [1, 4, 16, 36]);
    assert.deepEqual(await value(chained), [1, 16, 256, 1296]);
    assert.deepEqual(await value(sums), [1569, 1569, 3]);
    assert.deepEqual(await value(typed), [2.25, 4]);
  });
});

Deno.test("inputs that are not a list, and invalid step sizes, are refused", async () => {
  await inSession(() => {
    const later: unknown = TaskGenerator(function numbers() {
      return [1, 2];
    })();
    const map: (mapper: typeof square, inputs: never) => unknown = mapreduce.map;
    assert.throws(
      () => map(square, later as never),
      /their number is not known yet\n {2}Wait for them: `await bvalue/,
    );
    assert.throws(() => map(square, 7 as never), /the inputs are number, not a list/);
    assert.throws(
      () => mapreduce.map(square, [1], { mapStep: 0 }),
      /mapStep is 0, but must be a whole number, at least 1/,
    );
    assert.throws(
      () => mapreduce.reduce(add, [1], { reduceStep: 1 }),
      /reduceStep is 1, but must be a whole number, at least 2/,
    );
  });
});

Deno.test("a sequence has a length and can be indexed, sliced and iterated", async () => {
  await inSession(async (session) => {
    const squares = mapreduce.map(square, range(10));
    const plain = range(10).map(square);
    assert.deepEqual(namesOf(session), { "jug.mapreduce.map(mapreduce_test.square)": 3 });
    await executeAll();
    assert.equal(squares.length, 10);
    assert.deepEqual(await value([...squares]), plain);
    assert.deepEqual(await value(range(10).map((i) => squares.get(i))), plain);
    for (const bounds of [[], [3], [2, 7], [-3], [-7, -2], [5, 5], [8, 3], [0, 100], [4, 8]]) {
      const [start, end] = bounds;
      const part = squares.slice(start, end);
      assert.deepEqual(await value(part), plain.slice(start, end), `slice(${bounds})`);
      assert.deepEqual(await value([...part]), plain.slice(start, end));
      assert.equal(part.length, plain.slice(start, end).length);
      const inner = part.slice(1, -1);
      assert.deepEqual(await value(inner), plain.slice(start, end).slice(1, -1));
    }
    assert.equal(await squares.get("length").value(), 10);
    for (const index of [10, -1, 1.5]) {
      assert.throws(() => squares.get(index), /has no element .*: it has 10 elements, numbered from 0/);
    }
  });
});

Deno.test("a part of a sequence depends only on the blocks that hold it", async () => {
  await inSession(async (session) => {
    const squares = mapreduce.map(square, range(100), { mapStep: 10 });
    assert.equal(needed(squares), 10);
    assert.equal(needed(squares.get(55)), 1);
    assert.equal(needed(squares.slice(10, 20)), 1);
    assert.equal(needed(squares.slice(15, 35)), 3);
    const sum = TaskGenerator(function sum(ns: readonly number[]) {
      return ns.reduce(add, 0);
    });
    const whole = sum(squares);
    const part = sum(squares.slice(15, 35));
    const element = sum([squares.get(3), 1]);
    const list = sum([...squares.slice(0, 2)]);
    const counts = [whole, part, element, list].map(({ hash }) => {
      return requiredTasks(session.tasks.get(hash)?.dependencies ?? []).length;
    });
    assert.deepEqual(counts, [10, 3, 1, 1]);
    await executeAll();
    const plain = range(100).map(square);
    assert.deepEqual(await value([whole, part, element, list]), [
      plain.reduce(add),
      plain.slice(15, 35).reduce(add),
      10,
      1,
    ]);
  });
});

Deno.test("slices with the same elements have the same hash, and different slices have different hashes", async () => {
  await inSession(() => {
    const a = mapreduce.map(square, range(20));
    const b = mapreduce.map(square, range(20));
    const hash = (sequence: Sequence<number>) => sequence.hash;
    assert.equal(new Set([a, b, a.slice(), a.slice(0, 20), a.slice(-20, 50)].map(hash)).size, 1);
    assert.equal(hash(a.slice(3, 17).slice(2, 9)), hash(a.slice(5, 12)));
    const all = range(20).flatMap((start) => range(21).filter((end) => end > start).map((end) => a.slice(start, end)));
    assert.equal(new Set(all.map(hash)).size, all.length);
    assert.notEqual(hash(a), hash(mapreduce.map(square, range(20), { mapStep: 5 })));
  });
});

Deno.test("the hash of a sequence can be derived from docs/hash.md", () => {
  const block = (digit: string): Node => ({
    "jug.kind": "task",
    hash: digit.repeat(40) as Node["hash"],
    name: "m.block",
  });
  const parts = [{ block: block("a"), count: 4 }, { block: block("b"), count: 300 }];
  const bytes = (text: string, ...rest: number[]) => [...new TextEncoder().encode(text), ...rest];
  const derived = (...stretches: number[][]) => {
    const all = [...bytes("jug"), 1, ...bytes("q"), stretches.length, ...stretches.flat()];
    return createHash("sha256").update(Uint8Array.from(all)).digest("hex").slice(0, 40);
  };
  const whole = sequenceOf("m", parts);
  const [a, b] = ["a", "b"].map((digit) => bytes(`T${digit.repeat(40)}`));
  assert.ok(a !== undefined && b !== undefined);
  assert.equal(whole.hash, derived([...a, 0, 4], [...b, 0, 0xac, 0x02]));
  assert.equal(whole.slice(3, 6).hash, derived([...a, 3, 1], [...b, 0, 2]));
  assert.equal(whole.slice(5, 6).hash, derived([...b, 1, 1]));
  assert.equal(whole.slice(5, 6).hash, "fe34d0de018c731591c86214bf5db6af85da9086");
});

Deno.test("mapStep 1 creates one task per element", async () => {
  await inSession(async () => {
    const squares = mapreduce.map(square, range(7), { mapStep: 1 });
    assert.equal(getTasks().length, 7);
    await executeAll();
    assert.deepEqual(await value(squares), range(7).map(square));
  });
});

Deno.test("currymap spreads each input over the mapper's parameters", async () => {
  await inSession(async (session) => {
    function power(base: number, exponent: number, scale = 1) {
      return scale * base ** exponent;
    }
    const two = TaskGenerator(function two() {
      return 2;
    });
    const both = TaskGenerator(function both(): [number, number] {
      return [3, 3];
    });
    const powers = mapreduce.currymap(power, [[2, 3], [two(), 5], [2, two(), 10], both()], { mapStep: 3 });
    assert.equal(namesOf(session)["jug.mapreduce.currymap(mapreduce_test.power)"], 2);
    await executeAll();
    assert.deepEqual(await value(powers), [8, 32, 40, 27]);
  });
});

Deno.test("a mapper gets one argument, even if it takes more", async () => {
  await inSession(async () => {
    const parsed = mapreduce.map(parseInt, ["10", "11", "12"]);
    await executeAll();
    assert.deepEqual(await value(parsed), [10, 11, 12]);
  });
});

/** Never called: the compiler checks it. */
function _types(task: Task<number>, text: Tasklet<string>): void {
  const is = <Expected>() => <Actual>(_: Actual, ..._differs: Same<Actual, Expected> extends true ? [] : [never]) => {};
  const wordsOf = TaskGenerator(function wordsOf(line: string) {
    return line.split(" ");
  });
  function count(line: string) {
    return new Map([[line, 1]]);
  }
  type Counts = Map<string, number>;
  function merge(a: Counts, b: Counts) {
    return new Map([...a, ...b]);
  }
  const concatenate = TaskGenerator(function concatenate(a: string[], b: string[]) {
    return [...a, ...b];
  });

  is<Task<Counts>>()(mapreduce(merge, count, ["a", "b"]));
  is<Task<string[]>>()(mapreduce(concatenate, wordsOf, ["a b", text]));
  is<Task<number>>()(mapreduce(addLater, square, [1, task]));
  // The reducer's parameters are inferred from the mapper's result.
  is<Task<number>>()(mapreduce(
    function least(a, b) {
      return Math.min(a, b);
    },
    square,
    [1],
  ));
  is<Sequence<string[]>>()(mapreduce.map(wordsOf, ["a", text]));
  is<Sequence<number>>()(mapreduce.map(addLater.length === 2 ? square : square, [1]));
  is<Tasklet<number>>()(mapreduce.map(square, [1]).get(0));
  is<Sequence<number>>()(mapreduce.map(square, mapreduce.map(square, [task])));
  is<Sequence<number>>()(mapreduce.currymap(add, [[1, task]]));
  is<Task<number>>()(mapreduce.reduce(addLater, [1, task]));
  is<Task<string[]>>()(mapreduce.reduce(concatenate, mapreduce.map(wordsOf, ["a"])));

  // @ts-expect-error: the reducer takes strings, the mapper returns numbers
  mapreduce(join, square, [1]);
  // @ts-expect-error: the reducer returns another type than it takes
  mapreduce((a: number, b: number) => `${a}${b}`, square, [1]);
  // @ts-expect-error: the generator reduces lists of strings, the mapper returns numbers
  mapreduce(concatenate, square, [1]);
  // @ts-expect-error: the mapper takes numbers
  mapreduce(add, square, ["1"]);
  // @ts-expect-error: the mapper takes strings, not tasks of numbers
  mapreduce.map(wordsOf, [task]);
  // @ts-expect-error: the reducer takes numbers
  mapreduce.reduce(add, ["1"]);
  // @ts-expect-error: the mapper takes two numbers
  mapreduce.currymap(add, [[1, "2"]]);
  // @ts-expect-error: there is no such option
  mapreduce.map(square, [1], { reduceStep: 2 });
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
