import assert from "node:assert/strict";
import type { ProcessEntry } from "../../../backends/backend.ts";
import { rowsByWorker } from "../../../engine/analysis/by_worker.ts";
import { placeOf, workerPresence } from "../../../engine/analysis/presence.ts";
import type { RunColumns } from "../../../engine/analysis/run_columns.ts";
import { attendedBorders, idleShare, useOverTime, workerUse } from "../../../engine/analysis/utilisation.ts";
import { columnsOf, entry, processEntry } from "../../support/analysis/run_entries.ts";

function look(columns: RunColumns, processes: readonly ProcessEntry[], now = 1000) {
  const byWorker = rowsByWorker(columns);
  const workers = workerPresence({ columns, byWorker, processes, now });
  const use = workerUse(columns, byWorker, workers);
  const slices = (count: number) => useOverTime(columns, byWorker, workers, attendedBorders(workers, count));
  return { spans: workers.map(({ name, spans }) => [name, spans.map(({ from, to }) => [from, to])]), use, slices };
}

Deno.test("placeOf() splits a worker's name, and any other text is a place that is not known", () => {
  assert.deepEqual(placeOf("node7:42.3"), { host: "node7", process: "42", thread: 3 });
  assert.deepEqual(placeOf("a:b:node-1-x.0"), { host: "a:b", process: "node-1-x", thread: 0 });
  const unknown = { host: undefined, process: undefined, thread: undefined };
  for (const name of ["", "node7", "node7:42", "node7:42.x", "node7:42.-1"]) assert.deepEqual(placeOf(name), unknown);
});

Deno.test("a worker is there as long as its process; of a killed one, up to its last run", () => {
  const columns = columnsOf(
    entry(1, 10, 20),
    entry(2, 30, 40, { worker: "a:2.0" }),
    entry(3, 50, 60, { worker: "b:1.0" }),
    entry(4, 70, 80, { worker: "c:1.0" }),
  );
  const { spans } = look(columns, [
    processEntry("a", 1, { started: 5, left: 90 }),
    processEntry("a", 2, { started: 6, left: undefined, state: "dead" }),
    processEntry("b", 1, { started: 7, left: undefined, state: "alive" }),
  ]);
  assert.deepEqual(spans, [
    ["a:1.0", [[5, 90]]],
    ["a:2.0", [[6, 40]]],
    ["b:1.0", [[7, 1000]]],
    ["c:1.0", [[70, 80]]],
  ]);
});

Deno.test("processes that had the same number one after the other are told apart by time", () => {
  const columns = columnsOf(entry(3, 600, 610), entry(1, 10, 20), entry(2, 300, 310), entry(4, 250, 260));
  const { spans, use } = look(columns, [
    processEntry("a", 1, { id: "second", started: 290, left: 400 }),
    processEntry("a", 1, { id: "third", started: 590, left: 700 }),
    processEntry("a", 1, { id: "first", started: 0, left: 100 }),
  ]);
  // The run that began at 250 counts for the first process, though that one had left by its clock.
  assert.deepEqual(spans, [["a:1.0", [[0, 260], [290, 400], [590, 700]]]]);
  assert.deepEqual(use.map(({ runs, busy, present }) => [runs, busy, present]), [[4, 40, 480]]);
});

Deno.test("workers without a run are idle while others run, as many as the options of their processes say", () => {
  const columns = columnsOf(entry(1, 100, 200));
  const { spans, use } = look(columns, [
    processEntry("a", 1, { started: 90, left: 210, options: "--workers 3 --keep-going" }),
    processEntry("a", 2, { started: 150, left: 900 }),
    processEntry("a", 3, { started: 0, left: 50 }), // it had left before
    processEntry("a", 4, { started: undefined, left: undefined, state: "dead" }),
  ]);
  assert.deepEqual(spans, [
    ["a:1.0", [[90, 210]]],
    ["a:1.?", [[100, 200]]],
    ["a:1.?", [[100, 200]]],
    ["a:2.?", [[150, 200]]],
  ]);
  assert.deepEqual(use.map(({ busy }) => busy), [100, 0, 0, 0]);
});

Deno.test("useOverTime() says how many were there and how busy, and passes over the time when nobody was", () => {
  const columns = columnsOf(
    entry(1, 0, 50),
    entry(2, 25, 60), // concurrently: a worker is busy only once
    entry(3, 0, 25, { worker: "a:2.0" }),
    entry(4, 10_100, 10_200),
  );
  const { slices } = look(columns, [
    processEntry("a", 1, { started: 0, left: 100 }),
    processEntry("a", 1, { id: "later", started: 10_100, left: 10_200 }),
    processEntry("a", 2, { started: 0, left: 100 }),
  ]);
  assert.deepEqual(slices(4).map(({ from, to, busy, present, attended }) => [from, to, busy, present, attended]), [
    [0, 50, 75, 100, 50],
    [50, 100, 10, 100, 50],
    [100, 10_150, 50, 50, 50],
    [10_150, 10_200, 50, 50, 50],
  ]);
  assert.deepEqual(slices(4).map(idleShare), [0.25, 0.9, 0, 0]);
});

Deno.test("nothing is divided by zero: no runs, or runs that took no time", () => {
  assert.deepEqual(look(columnsOf(), [processEntry("a", 1)]).slices(20), []);
  const { use, slices } = look(columnsOf(entry(1, 5, 5), entry(2, 9, 3)), []);
  assert.deepEqual(use.map(({ runs, busy, present }) => [runs, busy, present]), [[2, 0, 4]]);
  assert.equal(idleShare({ busy: 0, present: 0 }), undefined);
  assert.equal(idleShare({ busy: 9, present: 3 }), 0);
  assert.deepEqual(slices(2).map(idleShare), [1, 1]);
  assert.deepEqual(look(columnsOf(entry(1, 5, 5)), []).slices(2), []);
});
