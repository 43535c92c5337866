import assert from "node:assert/strict";
import type { RunEntry } from "../../../backends/backend.ts";
import type { Holder } from "../../../engine/analysis/holders.ts";
import {
  collectRuns,
  durationAt,
  endAt,
  findInOrder,
  hashAt,
  kindAt,
  nameAt,
  rowFinder,
  RunCollector,
} from "../../../engine/analysis/run_columns.ts";
import { hashOf } from "../../support/fake_inspection.ts";
import { columnsOf, entry } from "../../support/analysis/run_entries.ts";

const holder = (index: number, more: Partial<Holder> = {}): Holder => ({
  ...{ hash: hashOf(index), owner: "o", thread: 2, host: "b", pid: 7, since: 40, isQueued: false, state: "alive" },
  ...more,
});

async function* listing(...batches: readonly (readonly RunEntry[])[]) {
  yield* batches;
}

Deno.test("collectRuns() keeps what a listing says, with names and workers once each", async () => {
  const runs = [
    entry(1, 10, 30, { args: "7" }),
    entry(2, 20, 25, { worker: "b:7.2", kind: "failure", size: 9 }),
    entry(3, 5, 6, { name: "m.g" }),
  ];
  const columns = await collectRuns(listing(runs.slice(0, 2), [], runs.slice(2)), [], 50, { keepsArguments: true });
  assert.equal(columns.count, 3);
  assert.deepEqual([...columns.names], ["m.f", "m.g"]);
  assert.deepEqual([...columns.workers], ["a:1.0", "b:7.2"]);
  const back = runs.map((_, row) => ({
    hash: hashAt(columns, row),
    kind: kindAt(columns, row),
    size: columns.size[row],
    name: nameAt(columns, row),
    worker: columns.workers[columns.worker[row] ?? -1],
    start: columns.start[row],
    finish: columns.finish[row],
    ...columns.args[row] === undefined ? {} : { args: columns.args[row] },
  }));
  assert.deepEqual(back, runs);
});

Deno.test("collectRuns() adds running tasks, but not those that wait in a batch, have ended or belong to the dead", async () => {
  const runs = [entry(1, 10, 30), entry(2, 10, 20, { kind: "failure", name: "m.bad" })];
  const holders = [
    holder(1), // it ended after it was listed as held
    holder(2),
    holder(3, { since: 60 }), // its host's clock is ahead
    holder(4, { isQueued: true }),
    holder(5, { state: "dead" }),
    holder(6, { since: undefined }),
    holder(7, { host: undefined, pid: undefined, thread: undefined }),
  ];
  const columns = await collectRuns(listing(runs), holders, 50);
  const running = Array.from({ length: columns.count - 2 }, (_, i) => i + 2);
  assert.deepEqual(running.map((row) => hashAt(columns, row)), [hashOf(2), hashOf(3), hashOf(7)]);
  assert.deepEqual(running.map((row) => durationAt(columns, row)), [10, 0, 10]);
  assert.deepEqual(running.map((row) => nameAt(columns, row)), ["m.bad", undefined, undefined]);
  assert.deepEqual([...columns.workers], ["a:1.0", "b:7.2", "host:o.0"]);
  assert.ok(running.every((row) => kindAt(columns, row) === "running"));
  assert.equal(rowFinder(columns, "failure")(hashOf(2)), 1);
  assert.equal(rowFinder(columns, "running")(hashOf(2)), 2);
  assert.equal(rowFinder(columns, "result")(hashOf(2)), undefined);
  assert.equal(rowFinder(columns, "result")(hashOf(99)), undefined);
});

Deno.test("no duration is negative or infinite, whatever clocks said", () => {
  const columns = columnsOf(entry(1, 30, 10), entry(2, -1e308, 1e308), entry(3, 5, 5), entry(4, 1.5, 4));
  assert.deepEqual([0, 1, 2, 3].map((row) => durationAt(columns, row)), [0, 0, 0, 2.5]);
  assert.deepEqual([0, 1, 2, 3].map((row) => endAt(columns, row)), [30, -1e308, 5, 4]);
});

Deno.test("columns grow with the runs, and those that were taken before stay as they were", () => {
  const collector = new RunCollector();
  for (let i = 0; i < 2000; i++) collector.add(entry(i, i, i + 1));
  const before = collector.columns();
  for (let i = 2000; i < 5000; i++) collector.add(entry(i, i, i + 1));
  const after = collector.columns();
  assert.deepEqual([before.count, before.start.length, before.start[1999]], [2000, 2000, 1999]);
  assert.deepEqual([after.count, after.start[1999], after.start[4999]], [5000, 1999, 4999]);
  assert.equal(hashAt(after, 4321), hashOf(4321));
});

Deno.test("findInOrder() finds the same as a search, in the order of declaration, out of it, and again", () => {
  const columns = columnsOf(...[3, 0, 2, 5].map((index) => entry(index, 0, 1)));
  const declared = [0, 1, 2, 3, 4].map((index) => ({ hash: hashOf(index) }));
  const find = findInOrder(columns, declared);
  const asked = [0, 1, 2, 3, 4, 0, 0, 1, 4, 2, 2, 5, 3, 3, 9, 4, 0, 1, 5, 2];
  for (const index of asked) assert.equal(find(hashOf(index)), columns.tasks.find(hashOf(index)), `task ${index}`);
  assert.equal(findInOrder(columns, [])(hashOf(3)), 0);
});
