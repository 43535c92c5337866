import assert from "node:assert/strict";
import {
  CachedFunction,
  CompoundTask,
  CompoundTaskGenerator,
  execute,
  exitAfterTime,
  isTask,
  iterateTask,
  JugError,
  mapreduce,
  runCommand,
  TaskGenerator,
  TaskGenerators,
  tasklet,
  value,
  writeMetadata,
  writeTaskOut,
} from "jug";
import { executeAll, inSession } from "../../support/in_session.ts";

/** Returns `fn` as a caller without type checks sees it. */
function untyped(fn: (...args: never[]) => unknown): (...args: unknown[]) => unknown {
  return (...args) => Reflect.apply(fn, undefined, args);
}

function add(a: number, b: number): number {
  return a + b;
}

Deno.test("a function without a name is refused, with a remedy that the refusing function supports", async () => {
  await inSession(async () => {
    for (const maker of [TaskGenerator, CompoundTaskGenerator]) {
      assert.throws(() => untyped(maker)(() => 1), {
        message:
          /was given a function without a name \(.*\)\n {2}Name it, .*, or pass a name in the options, \{ name: /,
      });
    }
    const task = TaskGenerator(add)(1, 2);
    assert.throws(() => tasklet(task, () => 1), /pass a name in the options, \{ name: "isPrime" \}/);
    const nameless = /was given a function without a name \(.*\)\n {2}Name it, as in function isPrime\(n\) \{ … \} or /;
    const makers = [CompoundTask, mapreduce.map, mapreduce.currymap, mapreduce.reduce];
    for (const maker of makers) assert.throws(() => untyped(maker)(() => 1, []), { message: nameless });
    assert.throws(() => mapreduce(add, () => 1, []), { message: nameless });
    await assert.rejects(() => CachedFunction(() => 1), { message: nameless });
    assert.throws(() => TaskGenerators("Steps", { "": () => 1 }), { message: nameless });
  });
});

Deno.test("an unknown option is refused by name, and the error lists the known options", async () => {
  await inSession(() => {
    const task = TaskGenerator(add)(1, 2);
    const refused = (maker: string, key: string, remedy: string) => ({
      message: `${maker}: there is no option "${key}"\n  ${remedy}`,
    });
    const generate = untyped(CompoundTaskGenerator);
    const two = "The options are name and version";
    assert.throws(() => generate(add, { timeout: 1 }), refused("CompoundTaskGenerator", "timeout", two));
    assert.throws(() => generate(add, { nme: "x" }), refused("CompoundTaskGenerator", "nme", two));
    assert.throws(() => untyped(tasklet)(task, add, { nme: "x" }), refused("tasklet", "nme", two));
    assert.throws(
      () => untyped(TaskGenerators)("Steps", { add }, { verzion: 3 }),
      refused("TaskGenerators", "verzion", "The options are version and secretArguments"),
    );
    assert.throws(
      () => untyped(runCommand)(["true"], { bogus: 1 }),
      refused("runCommand", "bogus", "The options are runAfter, checkExit, cwd, env, stdin and returnValue"),
    );
    assert.throws(
      () => untyped(mapreduce)(add, Math.abs, [1], { mapSteps: 1 }),
      refused("mapreduce", "mapSteps", "The options are mapStep and reduceStep"),
    );
    for (const [name, only] of [["map", "mapStep"], ["currymap", "mapStep"], ["reduce", "reduceStep"]] as const) {
      assert.throws(
        () => untyped(mapreduce[name])(add, [], { step: 1 }),
        refused(`mapreduce.${name}`, "step", `The only option is ${only}`),
      );
    }
    assert.throws(
      () => untyped(writeTaskOut)(task, "x", { meta: "y" }),
      refused("writeTaskOut", "meta", "The options are metadata and format"),
    );
    assert.throws(
      () => untyped(writeMetadata)(task, "x", { metadata: "y" }),
      refused("writeMetadata", "metadata", "The only option is format"),
    );
    assert.throws(() => generate(add, "fast"), {
      message: `CompoundTaskGenerator: the options are string\n  ${two}: pass an object, or leave it out`,
    });
    // An option that is undefined counts as left out.
    generate(function sub(a: number, b: number) {
      return a - b;
    }, { version: 2, timeout: undefined });
  });
});

Deno.test("an invalid name or version is refused everywhere, so different versions stay different", async () => {
  await inSession(() => {
    const task = TaskGenerator(add)(1, 2);
    const makers: Readonly<Record<string, (options: unknown) => unknown>> = {
      TaskGenerator: (options) => untyped(TaskGenerator)(add, options),
      CompoundTaskGenerator: (options) => untyped(CompoundTaskGenerator)(add, options),
      tasklet: (options) => untyped(tasklet)(task, add, options),
    };
    for (const [maker, make] of Object.entries(makers)) {
      for (const name of [5, {}, null, Symbol.iterator]) {
        assert.throws(() => make({ name }), {
          message: new RegExp(`^${maker}: option name is .*\n  Give it a string$`),
        });
      }
      for (const version of [{ v: 1 }, { v: 2 }, NaN, Infinity, null, true, [1], 1n, () => 1]) {
        assert.throws(() => make({ version }), {
          message: /^misuse_test\.add: option version is .*\n {2}Give it a string or a finite number$/s,
        });
      }
    }
    const grouped = untyped(TaskGenerators);
    assert.throws(
      () => grouped("Steps", { add }, { version: NaN }),
      /^JugError: misuse_test\.Steps\.add: option version/,
    );
    for (const group of [5, "", undefined]) {
      assert.throws(() => grouped(group, { add }), /^JugError: TaskGenerators: the group is .*\n {2}Pass a name/);
    }
  });
});

Deno.test("classes and generator functions are refused when they are declared, with a remedy", async () => {
  await inSession(async () => {
    class Point {}
    function* upTo(n: number) {
      for (let i = 0; i < n; i++) yield i;
    }
    async function* later(n: number) {
      yield await n;
    }
    const task = TaskGenerator(add)(1, 2);
    const makers: readonly ((fn: unknown) => unknown)[] = [
      untyped(TaskGenerator),
      untyped(CompoundTaskGenerator),
      untyped(CompoundTask),
      (fn) => untyped(TaskGenerators)("Steps", { fn }),
      (fn) => untyped(mapreduce.map)(fn, []),
      (fn) => untyped(mapreduce)(add, fn, []),
    ];
    for (const make of makers) {
      assert.throws(() => make(Point), /takes a function, but got the class Point\n {2}Write a function that creates/);
      for (const fn of [upTo, later]) {
        assert.throws(() => make(fn), /but (upTo|later) is a generator function \(function\*\)\n {2}Return a list: /);
      }
    }
    await assert.rejects(async () => await untyped(CachedFunction)(upTo), /upTo is a generator function/);
    assert.throws(() => untyped(tasklet)(task, Point), /got the class Point/);
    // A tasklet's result is not stored, so its function may be a generator function.
    await executeAll();
    assert.deepEqual([...await tasklet(task, upTo).value()], [0, 1, 2]);
  });
});

Deno.test("exitAfterTime refuses a misspelled, undefined or negative time", async () => {
  await inSession((session) => {
    assert.throws(() => untyped(exitAfterTime)({ hour: 1 }), {
      message: 'exitAfterTime: there is no option "hour"\n  The options are hours, minutes and seconds',
    });
    assert.throws(() => untyped(exitAfterTime)({ hours: undefined }), /\): not a time\n {2}Pass a time such as/);
    assert.throws(() => untyped(exitAfterTime)({ minutes: -1 }), /\): not a time/);
    assert.equal(session.limits.deadline, undefined);
    exitAfterTime({ seconds: 0 });
    assert.ok(session.limits.deadline !== undefined);
  });
});

Deno.test("functions that take a task refuse other values, and name themselves in the error", async () => {
  await inSession(() => {
    assert.throws(() => untyped(iterateTask)([1, 2], 2), {
      message: /^iterateTask\(task, n\) takes a task or a tasklet\n {2}Destructure a plain list/,
    });
    assert.throws(
      () => untyped(writeTaskOut)(5, "five.json"),
      /^JugError: writeTaskOut\(task, path\) takes a task or a/,
    );
    assert.throws(
      () => untyped(writeMetadata)([], "x.json"),
      /^JugError: writeMetadata\(task, path\) takes a task or a/,
    );
  });
});

Deno.test("currymap refuses an input that is not a list of arguments as soon as the input is known", async () => {
  await inSession(async () => {
    const refusal = /^mapreduce\.currymap: input 1 is 2, not a list of arguments\n {2}Give each input as a list/;
    for (const inputs of [[[1, 2], 2], new Set([[1, 2], 2])]) {
      assert.throws(() => untyped(mapreduce.currymap)(add, inputs), { message: refusal });
    }
    const pairs = TaskGenerator(function pairs(n: number) {
      return n === 0 ? 7 : [n, n];
    });
    const sums = untyped(mapreduce.currymap)(add, [[1, 2], pairs(3)].values());
    await executeAll();
    assert.deepEqual(await Reflect.apply(Reflect.get(Object(sums), "value"), sums, []), [3, 6]);
    untyped(mapreduce.currymap)(add, [[1, 2], pairs(0)]);
    const { failures } = await execute();
    assert.match(
      failures[0]?.error.message ?? "",
      /^jug\.mapreduce\.currymap\(misuse_test\.add\): its input 1 is 7, not a list of arguments\n {2}Give/,
    );
  });
});

Deno.test("tasklets refuse a base that is no task, a result without the key, and JSON", async () => {
  await inSession(async (session) => {
    const nothing = TaskGenerator(function nothing(): { a: number } | null {
      return null;
    });
    assert.throws(() => untyped(tasklet)(5, function double() {}), {
      message: /^tasklet\(base, fn\) takes a task or a tasklet as its base\n/,
    });
    const first = untyped(nothing)();
    assert(isTask(first));
    const part = untyped(first.get.bind(first))("a");
    assert.throws(() => JSON.stringify(part), JugError);
    await executeAll();
    await assert.rejects(value(part), {
      message: /the result is null, which has no a\n {2}Return an object, array or Map/,
    });
    assert.equal(session.tasks.size, 1);
  });
});

Deno.test("TaskGenerator refuses what is no function", async () => {
  await inSession(() => {
    for (const [given, kind] of [[null, "null"], [5, "number"]] as const) {
      assert.throws(() => untyped(TaskGenerator)(given), {
        message: `TaskGenerator takes a function, but got ${kind}\n  Write TaskGenerator(function isPrime(n) { … })`,
      });
    }
  });
});
