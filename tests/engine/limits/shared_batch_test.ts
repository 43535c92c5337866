import assert from "node:assert/strict";
import { lookAtBatch, newSharedBatch, OwnBatch, takeRest } from "../../../engine/limits/shared_batch.ts";
import { hashOf } from "../../support/fake_inspection.ts";

const HASHES = [0, 1, 2, 3].map(hashOf);
const TASKS = HASHES.map((hash) => ({ hash }));

Deno.test("a batch: each task is either begun or taken", () => {
  const shared = newSharedBatch();
  const own = new OwnBatch(shared);
  assert.equal(lookAtBatch(shared), undefined);
  const number = own.open(TASKS);
  assert.ok(own.begin());
  const early = lookAtBatch(shared);
  assert.deepEqual(early, { number, begun: 1 });
  assert.ok(own.begin());
  assert(early !== undefined);
  assert.deepEqual(takeRest(shared, early), [], "another task has begun since");
  const late = lookAtBatch(shared);
  assert(late !== undefined);
  assert.deepEqual([late.begun, takeRest(shared, late), takeRest(shared, late)], [2, HASHES.slice(2), []]);
  assert.equal(lookAtBatch(shared), undefined);
  assert.deepEqual([own.begin(), own.close()], [false, true]);
});

Deno.test("a batch that is over cannot be taken, nor can the next one by a sight of it", () => {
  const shared = newSharedBatch();
  const own = new OwnBatch(shared);
  own.open(TASKS);
  own.begin();
  const sight = lookAtBatch(shared);
  assert(sight !== undefined);
  assert.equal(own.close(), false);
  assert.deepEqual(takeRest(shared, sight), []);
  own.open(TASKS);
  own.begin();
  assert.deepEqual(takeRest(shared, sight), []);
  assert.ok(own.begin());
});

Deno.test("a batch: numbers begin again from 1 after half a million", () => {
  const shared = newSharedBatch();
  const own = new OwnBatch(shared);
  for (let i = 1; i < 2 ** 19; i++) own.open(TASKS);
  assert.deepEqual(lookAtBatch(shared), { number: 2 ** 19 - 1, begun: 0 });
  assert.ok(own.begin());
  assert.equal(own.open(TASKS), 1);
  assert.deepEqual(lookAtBatch(shared), { number: 1, begun: 0 });
});

Deno.test("a batch of which all tasks have begun has no rest, and ends as its worker's", () => {
  const shared = newSharedBatch();
  const own = new OwnBatch(shared);
  own.open(TASKS.slice(0, 1));
  assert.ok(own.begin());
  const sight = lookAtBatch(shared);
  assert(sight !== undefined);
  assert.deepEqual(takeRest(shared, sight), []);
  assert.equal(own.close(), false);
});
