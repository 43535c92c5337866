import assert from "node:assert/strict";
import type { Hash } from "../../../core/brand.ts";
import { newSharedBatch, OwnBatch } from "../../../engine/limits/shared_batch.ts";
import { StuckBatches } from "../../../engine/run/stuck_batches.ts";
import { hashOf } from "../../support/fake_inspection.ts";

Deno.test("takeAll() takes the tasks that have not begun, of each worker, at once", () => {
  const taken: [number, readonly Hash[]][] = [];
  const batches = new StuckBatches((worker, hashes) => void taken.push([worker, hashes]), Date.now);
  const cells = [newSharedBatch(), newSharedBatch(), newSharedBatch()] as const;
  const [begun, untouched, over] = [new OwnBatch(cells[0]), new OwnBatch(cells[1]), new OwnBatch(cells[2])];
  const hashes = [hashOf(0), hashOf(1), hashOf(2)];
  for (const [worker, batch] of [begun, untouched, over].entries()) {
    batch.open(hashes.map((hash) => ({ hash })));
    batches.watch(worker, cells[worker] ?? newSharedBatch());
  }
  assert(begun.begin());
  over.close();
  batches.takeAll();
  assert.deepEqual(taken, [[0, hashes.slice(1)], [1, hashes]]);
  assert.deepEqual([begun.begin(), untouched.begin()], [false, false]);
  batches.end();
});
