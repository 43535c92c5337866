import assert from "node:assert/strict";
import { memoryBackend } from "../../../backends/memory.ts";
import { rowsByWorker } from "../../../engine/analysis/by_worker.ts";
import { workerUse } from "../../../engine/analysis/utilisation.ts";
import { workerPresence } from "../../../engine/analysis/presence.ts";
import { Axis } from "../../../engine/report/axis.ts";
import { functionsOf } from "../../../engine/report/functions.ts";
import { functionTimes } from "../../../engine/analysis/function_times.ts";
import { makeReport } from "../../../engine/report/make_report.ts";
import { workersOf } from "../../../engine/report/workers.ts";
import { columnsOf, entry } from "../../support/analysis/run_entries.ts";
import { jugdirWith } from "../../support/jugdir_alone.ts";

const PROGRAM = { jug: "1.2.3", deno: "2.9.6", platform: "linux x86_64" };
const taskOf = (row: number) => ({ hash: String(row), name: "m.f", args: null });

Deno.test("makeReport() of a jugdir alone knows what ran, and says that the jugfile is missing", async () => {
  await using backend = disposable(
    await jugdirWith([
      { start: 1000, finish: 2000, args: "7" },
      { start: 2000, finish: 2500, name: "primes.sum", worker: "node8:1.0" },
      { hasFailed: true, start: 1000, finish: 1100 },
    ]),
  );
  const make = (showsArguments: boolean) =>
    makeReport({
      backend: backend.backend,
      jugfile: "primes.ts",
      args: ["--fast"],
      inspection: "primes.ts could not be loaded",
      showsArguments,
      program: PROGRAM,
      now: () => 5000,
    });
  const data = await make(true);
  assert.deepEqual(data.total, { finished: 2, running: 0, failed: 1, ready: 0, waiting: 0 });
  assert.deepEqual(data.jugfile, { path: "primes.ts", problem: "primes.ts could not be loaded" });
  assert.match(data.notices[0] ?? "", /^primes\.ts could not be loaded, so this shows what the jugdir alone knows/);
  assert.deepEqual(data.functions.list.map(({ name, runs, total }) => [name, runs, total]), [
    ["primes.isPrime", 1, 1000],
    ["primes.sum", 1, 500],
  ]);
  assert.equal(data.functions.list[0]?.spread?.longestTask.args, "7");
  assert.deepEqual([data.path, data.activity?.ready, data.graph.kind], [null, null, "none"]);
  assert.deepEqual(data.environment.args, ["--fast"]);
  assert.deepEqual(data.workers.list.flatMap(({ bars }) => bars.map(({ kind }) => kind)).sort(), [
    "failure",
    "result",
    "result",
  ]);
  // Everything survives JSON, so that a page gets the same.
  assert.deepEqual(JSON.parse(JSON.stringify(data)), data);
  const without = await make(false);
  assert.equal(without.environment.args, null);
  assert.ok(!JSON.stringify(without).includes('"7"'));
});

Deno.test("makeReport() of an empty jugdir has no axis", async () => {
  await using backend = disposable(memoryBackend());
  const data = await makeReport({
    ...{ backend: backend.backend, jugfile: "a.ts", args: [], inspection: "no", showsArguments: true },
    ...{ program: PROGRAM, now: () => 0 },
  });
  assert.deepEqual([data.axis, data.activity, data.workers.count, data.failures.count], [null, null, 0, 0]);
});

function disposable<Own extends { close(): Promise<void> }>(backend: Own) {
  return { backend, [Symbol.asyncDispose]: () => backend.close() };
}

Deno.test("all histograms have the same bins, and count each run once", () => {
  const columns = columnsOf(
    entry(0, 0, 1),
    entry(1, 0, 2),
    entry(2, 0, 1000, { name: "m.g" }),
    entry(3, 0, 5, { kind: "failure" }),
  );
  const { list, borders } = functionsOf({ columns, times: functionTimes(columns), states: new Map(), taskOf });
  assert.deepEqual(list.map(({ name }) => name), ["m.g", "m.f"]);
  for (const { histogram } of list) assert.equal(histogram.length, borders.length - 1);
  const sum = (all: readonly number[] = []) => all.reduce((sum, count) => sum + count, 0);
  assert.deepEqual(list.map(({ histogram }) => sum(histogram)), [1, 2]);
  assert.equal(borders[0], 0);
  assert.ok((borders.at(-1) ?? 0) >= 1000);
  assert.equal(list[1]?.histogram[0], 1);
});

Deno.test("lanes are bars up to 1,000 runs, and bins with the busy share beyond", () => {
  const reportOf = (count: number) => {
    const columns = columnsOf(...Array.from({ length: count }, (_, i) => entry(i, 10 * i, 10 * i + 5)));
    const byWorker = rowsByWorker(columns);
    const workers = workerPresence({ columns, byWorker, processes: [], now: 0 });
    const runs = {
      ...{ columns, byWorker, workers, holders: [], processes: [], now: 0 },
      nameOf: () => "m.f",
      argsOf: () => undefined,
    };
    const axis = new Axis(workers.flatMap(({ spans }) => spans));
    return workersOf({ runs, axis, taskOf, names: ["m.f"], workers: workerUse(columns, byWorker, workers) });
  };
  const [few, many] = [reportOf(1000), reportOf(1001)];
  assert.deepEqual([few.lanes, few.list[0]?.bars.length, few.list[0]?.bins.length], ["bars", 1000, 0]);
  assert.deepEqual([many.lanes, many.list[0]?.bars.length, many.list[0]?.bins.length], ["bins", 0, 160]);
  for (const [busy, name] of many.list[0]?.bins ?? []) assert.ok(busy > 40 && busy < 60 && name === 0, `${busy}`);
});
