import assert from "node:assert/strict";
import { parse } from "npm:yaml@2";
import {
  CompoundTask,
  describe,
  execute,
  type Later,
  noHash,
  noLoad,
  runCommand,
  shared,
  TaskGenerator,
  valueAfter,
  writeMetadata,
  writeTaskOut,
} from "jug";
import { plainData } from "../../../core/value/plain_data.ts";
import { executeAll, inSession } from "../../support/in_session.ts";
import { withTempDir } from "../../support/temp_dir.ts";

const generators = () => ({
  double: TaskGenerator(function double(n: number) {
    return 2 * n;
  }),
  sum: TaskGenerator(function sum(...ns: number[]) {
    return ns.reduce((a, b) => a + b, 0);
  }),
});

/** Returns a copy in which each `meta` is only its type, since times and workers differ between runs. */
function withoutTimes(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, item: unknown) => key === "meta" ? typeof item : item));
}

Deno.test("describe() returns name, arguments and run of a task and all its dependencies, each task once", async () => {
  await inSession(async () => {
    const { double, sum } = generators();
    const two = double(1);
    const all = sum(two, double(two), noHash(7));
    const before = await execute().then(() => describe(all));
    const [first, second] = [two, double(two)].map(({ hash }) => hash);
    assert.deepEqual(withoutTimes(before), {
      name: "describe_test.sum",
      hash: all.hash,
      args: [
        { name: "describe_test.double", hash: first, args: [1], meta: "object" },
        {
          name: "describe_test.double",
          hash: second,
          args: [{ name: "describe_test.double", hash: first, isToldAbove: true }],
          meta: "object",
        },
        { wrapper: "noHash", value: 7 },
      ],
      meta: "object",
    });
    const { meta } = plain(before);
    const run = plain(meta);
    assert.match(String(run.start), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.equal(run.seconds, (Date.parse(String(run.finish)) - Date.parse(String(run.start))) / 1000);
    assert.match(String(run.worker), /\.0$/);
  });
});

Deno.test("describe() covers tasklets, compound tasks, noLoad, lists, and tasks without a result", async () => {
  await inSession(async () => {
    const { double, sum } = generators();
    const pair = TaskGenerator(function pair(when: Date, table: Map<string, number>) {
      return [when.getTime(), table.size];
    })(new Date(0), new Map([["a", 1]]));
    const compound = CompoundTask(function all() {
      return [double(1)];
    });
    await executeAll();
    const late = sum(pair.get(0), 1);
    const told = withoutTimes(await describe({ list: [late, noLoad(pair)], compound, n: 1n }));
    assert.deepEqual(told, {
      list: [
        {
          name: "describe_test.sum",
          hash: late.hash,
          args: [{
            name: "tasklet",
            operation: "describe_test.pair.get(0)",
            hash: pair.get(0).hash,
            bases: [{
              name: "describe_test.pair",
              hash: pair.hash,
              args: ["1970-01-01T00:00:00.000Z", 'Map(1) { "a" => 1 }'],
              meta: "object",
            }],
          }, 1],
        },
        { wrapper: "noLoad", value: { name: "describe_test.pair", hash: pair.hash, isToldAbove: true } },
      ],
      compound: {
        name: "describe_test.all",
        hash: compound.hash,
        standsFor: [[{ name: "describe_test.double", hash: double(1).hash, args: [1], meta: "object" }]],
        meta: "object",
      },
      n: "1n",
    });
  });
});

Deno.test("describe() includes the full description of valueAfter and runAfter tokens, and shared values", async () => {
  await inSession(async () => {
    const { double, sum } = generators();
    const leaf = double(1);
    const after = sum(valueAfter(3, { all: [double(leaf)] }), shared(7));
    const run = runCommand([Deno.execPath(), "--version"], { runAfter: leaf, checkExit: false });
    await executeAll();
    const told = { name: "describe_test.double", hash: leaf.hash, args: [1], meta: "object" };
    const { args: [waited, kept] } = withoutTimes(await describe(after)) as { args: [unknown, unknown] };
    assert.deepEqual(waited, {
      name: "jug.valueAfter",
      hash: valueAfter(3, { all: [double(leaf)] }).hash,
      args: [3, {
        wrapper: "token",
        value: { all: [{ name: "describe_test.double", hash: double(leaf).hash, args: [told], meta: "object" }] },
      }],
      meta: "object",
    });
    assert.deepEqual(kept, { wrapper: "shared", value: 7 });
    const { args: [, , token] } = withoutTimes(await describe(run)) as { args: unknown[] };
    assert.deepEqual(token, { wrapper: "token", value: told });
  });
});

Deno.test("a chain of 20,000 tasks is described completely, each task once, and can be written as JSON", async () => {
  await inSession(async () => {
    const { sum } = generators();
    let chain = sum(0);
    await executeAll();
    const first = chain.hash;
    for (let i = 1; i < 20_000; i++) chain = sum(chain);
    let part: Later<unknown> = chain;
    for (let i = 0; i < 1000; i++) part = part.get("inner" as never);
    for (const [end, count] of [[chain, 20_000], [[sum(-1), part], 21_001]] as const) {
      const text = JSON.stringify(await describe(end));
      // A mere reference to a task has isToldAbove or isToldBelow after its hash.
      const told = [...text.matchAll(/"hash":"(\w+)"(?!,"isTold)/g)].map(([, hash]) => hash);
      assert.deepEqual([told.length, new Set(told).size, told.includes(first)], [count, count, true]);
    }
    const { below, ...rest } = plain(await describe(chain));
    assert.deepEqual([Object.keys(rest), Array.isArray(below) && below.length], [["name", "hash", "args"], 199]);
  });
});

Deno.test("a tasklet nested 20,000 levels deep works as a task's argument", async () => {
  await inSession(async () => {
    const box = TaskGenerator(function box() {
      const loop: { inner?: unknown } = {};
      loop.inner = loop;
      return loop;
    })();
    const kind = TaskGenerator(function kind(x: unknown) {
      return typeof x;
    });
    let part: Later<unknown> = box;
    for (let i = 0; i < 20_000; i++) part = part.get("inner" as never);
    const last = kind(part);
    assert.equal(await executeAll(), 2);
    assert.deepEqual([await last.value(), await part.canLoad()], ["object", true]);
  });
});

Deno.test("the description of a deep diamond of tasks grows with the number of tasks, not of paths", async () => {
  await inSession(async () => {
    const { sum } = generators();
    let task = sum(1);
    for (let depth = 0; depth < 60; depth++) task = sum(task, task);
    await executeAll();
    assert.ok(JSON.stringify(await describe(task)).length < 60_000);
  });
});

Deno.test("writeTaskOut and writeMetadata write results and their descriptions as JSON and YAML", async () => {
  await withTempDir(async (folder) => {
    await inSession(async () => {
      const { double, sum } = generators();
      const x = sum(double(double(4)), 1);
      const table = TaskGenerator(function table() {
        return { rows: [[1, null, "a"]], when: new Date(0), bytes: Uint8Array.of(1, 2), nothing: undefined };
      })();
      const text = TaskGenerator(function text() {
        return "as it is";
      })();
      const at = (name: string) => `${folder}/${name}`;
      const written = writeTaskOut(x, at("x.json"), { metadata: at("x.meta.json"), format: "json" });
      writeTaskOut(x, at("x.yaml"), { metadata: at("x.meta.yaml") });
      writeTaskOut(table, at("table.json"));
      writeTaskOut(table, at("table.yml"));
      writeTaskOut(text, at("text.txt"));
      writeMetadata(x, at("only.json"));
      const after = TaskGenerator(function read(path: string) {
        return Deno.readTextFileSync(path);
      })(written);
      await executeAll();
      const read = (name: string) => Deno.readTextFileSync(at(name));
      const account = await describe(x);
      assert.equal(await after.value(), "17\n");
      assert.deepEqual(JSON.parse(read("x.meta.json")), account);
      assert.deepEqual(parse(read("x.meta.yaml")), account);
      assert.deepEqual(JSON.parse(read("only.json")), account);
      assert.equal(parse(read("x.yaml")), 17);
      const data = { rows: [[1, null, "a"]], when: "1970-01-01T00:00:00.000Z", bytes: [1, 2] };
      assert.deepEqual(JSON.parse(read("table.json")), data);
      assert.deepEqual(parse(read("table.yml")), data);
      assert.equal(read("text.txt"), "as it is");
      assert.ok([...Deno.readDirSync(folder)].every(({ name }) => !name.endsWith(".tmp")));
    });
  });
});

Deno.test("writeTaskOut refuses data that text cannot represent, with a remedy, and an unknown format", async () => {
  await withTempDir(async (folder) => {
    await inSession(async () => {
      const { double } = generators();
      const odd = TaskGenerator(function odd() {
        return { list: [{ table: new Map() }] };
      })();
      writeTaskOut(odd, `${folder}/odd.json`);
      const { failures } = await execute();
      assert.match(
        failures[0]?.error.message ?? "",
        /writeTaskOut\(describe_test\.odd, .*its result\.list\[0\]\.table is a Map, which cannot be written as text\n {2}Write it/,
      );
      assert.throws(() => writeTaskOut(double(1), "x", { format: "xml" as "json" }), /the format "xml" is unknown/);
    });
  });
});

Deno.test("plainData() keeps what JSON can represent, and passes the rest to a function", () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  const rest = (value: unknown, path: string) => `${path}: ${typeof value}`;
  assert.deepEqual(plainData({ a: [NaN, 1, "x", true, null, 5n], b: new URL("https://example.org/") }, rest), {
    a: [".a[0]: number", 1, "x", true, null, ".a[5]: bigint"],
    b: "https://example.org/",
  });
  assert.deepEqual(plainData(cycle, rest), ["[0]: object"]);
  assert.deepEqual(plainData(new Date(NaN), rest), ": object");
  const odd = plainData(JSON.parse('{"__proto__": 1}'), rest);
  assert.deepEqual(Object.keys(Object(odd)), ["__proto__"]);
});

function plain(value: unknown): Record<string, unknown> {
  assert.ok(typeof value === "object" && value !== null);
  return { ...value } as Record<string, unknown>;
}
