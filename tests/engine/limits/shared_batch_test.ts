import assert from "node:assert/strict";
import { lookAtBatch, newBatchCell, OwnBatch, takeRest } from "../../../engine/limits/shared_batch.ts";

Deno.test("a batch: each task is either begun or taken", () => {
  const cell = newBatchCell();
  const own = new OwnBatch(cell);
  assert.equal(lookAtBatch(cell), undefined);
  const number = own.open();
  assert.ok(own.begin());
  const early = lookAtBatch(cell);
  assert.deepEqual(early, { number, begun: 1 });
  assert.ok(own.begin());
  assert(early !== undefined);
  assert.equal(takeRest(cell, early), false, "another task has begun since");
  const late = lookAtBatch(cell);
  assert(late !== undefined);
  assert.deepEqual([late.begun, takeRest(cell, late), takeRest(cell, late)], [2, true, false]);
  assert.equal(lookAtBatch(cell), undefined);
  assert.deepEqual([own.begin(), own.close()], [false, true]);
});

Deno.test("a batch that is over cannot be taken, nor can the next one by a sight of it", () => {
  const cell = newBatchCell();
  const own = new OwnBatch(cell);
  own.open();
  own.begin();
  const sight = lookAtBatch(cell);
  assert(sight !== undefined);
  assert.equal(own.close(), false);
  assert.equal(takeRest(cell, sight), false);
  own.open();
  own.begin();
  assert.equal(takeRest(cell, sight), false);
  assert.ok(own.begin());
});

Deno.test("a batch: numbers begin again from 1 after half a million", () => {
  const cell = newBatchCell();
  const own = new OwnBatch(cell);
  for (let i = 1; i < 2 ** 19; i++) own.open();
  assert.deepEqual(lookAtBatch(cell), { number: 2 ** 19 - 1, begun: 0 });
  assert.ok(own.begin());
  assert.equal(own.open(), 1);
  assert.deepEqual(lookAtBatch(cell), { number: 1, begun: 0 });
});
