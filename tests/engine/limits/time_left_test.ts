import assert from "node:assert/strict";
import type { Backend, DurationSummary } from "../../../backends/backend.ts";
import { DurationSums } from "../../../backends/duration_classes.ts";
import { memoryBackend } from "../../../backends/memory.ts";
import { TimeLeft } from "../../../engine/limits/time_left.ts";

const END = 100_000;

/** Returns a backend that knows these durations; `reads` counts how often it was asked. */
function knowing(durations: Readonly<Record<string, readonly number[]>>) {
  const sums = new DurationSums();
  for (const [name, each] of Object.entries(durations)) for (const ms of each) sums.add(name, ms);
  let reads = 0;
  const listDurations = (): Promise<readonly DurationSummary[]> => {
    reads++;
    return Promise.resolve(sums.summaries());
  };
  const backend: Backend = { ...memoryBackend(), listDurations };
  return { backend, sums, reads: () => reads };
}

function task(name: string, duration?: number) {
  const options = duration === undefined ? undefined : { duration };
  return { name, definition: { name, version: undefined, fn: () => {}, options } };
}

Deno.test("without an end, every task may begin, and no durations are read", async () => {
  const { backend, reads } = knowing({ f: [1e9] });
  const time = new TimeLeft(undefined, () => 0);
  await time.read(backend);
  assert.deepEqual([time.exceededBy(task("f")), time.leftMs, reads()], [undefined, Infinity, 0]);
});

Deno.test("a task may begin if its declared or learnt duration ends in time", async () => {
  let now = 0;
  const time = new TimeLeft({ end: END }, () => now);
  await time.read(knowing({ learnt: [10_000] }).backend);
  now = 89_000;
  assert.equal(time.exceededBy(task("learnt")), undefined);
  assert.equal(time.exceededBy(task("declared", 11_000)), undefined);
  now = 89_001;
  assert.deepEqual(time.exceededBy(task("learnt")), { expectedMs: 11_000, isNever: false });
  assert.deepEqual(time.exceededBy(task("declared", 11_000)), { expectedMs: 11_000, isNever: false });
  // The declaration precedes.
  assert.equal(time.exceededBy(task("learnt", 100)), undefined);
});

Deno.test("a task of a function that was never run may begin until the end", () => {
  let now = END - 1;
  const time = new TimeLeft({ end: END }, () => now);
  assert.equal(time.exceededBy(task("unknown")), undefined);
  now = END;
  assert.deepEqual(time.exceededBy(task("unknown")), { expectedMs: undefined, isNever: false });
});

Deno.test("a task never fits if it takes longer than the time that was left at first", () => {
  let now = 10_000;
  const time = new TimeLeft({ end: END }, () => now);
  assert.deepEqual(time.exceededBy(task("f", 90_001)), { expectedMs: 90_001, isNever: true });
  now = 10_001;
  assert.deepEqual(time.exceededBy(task("f", 90_000)), { expectedMs: 90_000, isNever: false });
  const late = new TimeLeft({ end: END }, () => END);
  assert.deepEqual(late.exceededBy(task("unknown")), { expectedMs: undefined, isNever: true });
});

Deno.test("what this worker ran counts, and what others ran is read every ten seconds", async () => {
  let now = 0;
  const { backend, sums, reads } = knowing({});
  const time = new TimeLeft({ end: END }, () => now);
  await time.read(backend);
  time.learn("f", 5000);
  now = 95_000;
  assert.equal(time.exceededBy(task("f"))?.expectedMs, 1.1 * 5000);
  time.learn("f", 6000);
  assert.equal(time.exceededBy(task("f"))?.expectedMs, 1.1 * 6000);
  sums.add("f", 7000);
  now = 9999;
  await time.read(backend);
  assert.equal(reads(), 1);
  now = 95_000;
  await time.read(backend);
  assert.deepEqual([reads(), time.exceededBy(task("f"))?.expectedMs], [2, 1.1 * 7000]);
});

Deno.test("of many tasks, the 95th percentile follows what is learnt", () => {
  const time = new TimeLeft({ end: END }, () => END - 1);
  for (let i = 0; i < 1000; i++) time.learn("f", i < 940 ? 100 : 50_000);
  assert.ok((time.exceededBy(task("f"))?.expectedMs ?? 0) >= 50_000);
  for (let i = 0; i < 1000; i++) time.learn("f", 100);
  assert.ok((time.exceededBy(task("f"))?.expectedMs ?? Infinity) <= 110);
});
