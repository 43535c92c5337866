import assert from "node:assert/strict";
import type { DurationSummary } from "../../../backends/backend.ts";
import { DurationSums } from "../../../backends/duration_classes.ts";
import type { Hash } from "../../../core/brand.ts";
import type { BegunTask } from "../../../engine/messages/messages.ts";
import { Drain, type DrainingWorker } from "../../../engine/run/drain.ts";
import { hashOf } from "../../support/fake_inspection.ts";

const UNTIL = 10_000;

interface FakeWorker extends DrainingWorker {
  readonly givenBack: Hash[];
}

function worker(lastBegun: readonly BegunTask[] | undefined, hasReported = true): FakeWorker {
  const givenBack: Hash[] = [];
  return { isOver: false, lastBegun, hasReported, givenBack, giveBack: (hashes) => void givenBack.push(...hashes) };
}

function begun(number: number, name: string, since: number, declaredMs?: number): BegunTask {
  return { hash: hashOf(number), name, since, declaredMs };
}

function learnt(name: string, ms: number): readonly DurationSummary[] {
  const sums = new DurationSums();
  sums.add(name, ms);
  return sums.summaries();
}

/** Starts a drain; `abandoned` resolves with the first `count` workers that are given up. */
function start(workers: readonly FakeWorker[], durations: Promise<readonly DurationSummary[]>, count = 0) {
  const lost: FakeWorker[] = [];
  const { promise, resolve } = Promise.withResolvers<readonly FakeWorker[]>();
  const abandon = (worker: FakeWorker) => {
    if (lost.push(worker) === count) resolve(lost);
  };
  return { drain: new Drain({ until: UNTIL, workers, durations: () => durations, abandon }), abandoned: promise };
}

Deno.test("of the running tasks that a worker names, it gives back those that cannot end in time", async () => {
  const answering = worker(undefined);
  const { drain } = start([answering], Promise.resolve(learnt("slow", 9000)));
  await drain.heard(answering, [
    begun(1, "slow", 500), // 500 + 1.1 × 9000 is too late
    begun(2, "slow", 50),
    begun(3, "unknown", 9999),
    begun(4, "slow", 5000, 1000), // its declaration precedes
    begun(5, "unknown", 5000, 6000),
  ]);
  assert.deepEqual(answering.givenBack, [hashOf(1), hashOf(5)]);
  drain.end();
});

Deno.test("if the durations cannot be read, only declared ones count", async () => {
  const answering = worker(undefined);
  const { drain } = start([answering], Promise.reject(new Error("the backend is away")));
  await drain.heard(answering, [begun(1, "slow", 500), begun(2, "slow", 500, 20_000)]);
  assert.deepEqual(answering.givenBack, [hashOf(2)]);
  drain.end();
});

Deno.test("a worker that does not answer is given up if all its tasks are too long, or it never began", async () => {
  const answering = worker([begun(1, "f", 0, 20_000)]);
  const stuck = worker([begun(2, "f", 0, 20_000)]);
  const hopeful = worker([begun(3, "f", 0, 20_000), begun(4, "f", 0, 9000)]);
  const between = worker(undefined);
  const fresh = worker(undefined, false);
  const { drain, abandoned } = start([answering, stuck, hopeful, between, fresh], Promise.resolve([]), 2);
  await drain.heard(answering, []);
  assert.deepEqual(await abandoned, [stuck, fresh]);
  assert.deepEqual(answering.givenBack, []);
});
