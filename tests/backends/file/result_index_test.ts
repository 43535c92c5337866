import assert from "node:assert/strict";
import {
  decodeHeader,
  encodeFrame,
  type EntryKind,
  FrameIndex,
  HEADER_BYTES,
} from "../../../backends/file/segments/frame.ts";
import { ResultIndex } from "../../../backends/file/segments/result_index.ts";
import type { Hash } from "../../../core/brand.ts";
import { hashesOf, hashOf } from "../backend_contract.ts";

type Row = readonly [kind: EntryKind, hash: Hash, sequence: number];

function add(index: ResultIndex, segment: string, ...rows: readonly Row[]): void {
  const payload = new Uint8Array(2);
  const { bytes: frame } = encodeFrame(
    rows.map(([kind, hash, sequence]) => ({ kind, hash, sequence, origin: segment, payload })),
  );
  const header = decodeHeader(frame);
  assert(header !== undefined);
  const end = HEADER_BYTES + header.indexLength;
  const decoded = FrameIndex.decode(frame.subarray(HEADER_BYTES, end), header);
  assert(decoded !== undefined);
  index.add(decoded, segment, 100);
}

/** Returns all orders of `items`. */
function* orders<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length === 0) return yield [];
  for (const [i, item] of items.entries()) {
    for (const rest of orders(items.toSpliced(i, 1))) yield [item, ...rest];
  }
}

const hash = hashOf(1);

Deno.test("ResultIndex: says where a result is", () => {
  const index = new ResultIndex();
  add(index, "a.0.x", ["result", hashOf(0), 1], ["result", hash, 2]);
  const place = { segment: "a.0.x", position: 102, size: 2, hasOwnFile: false, sequence: 2, origin: "a.0.x" };
  assert.deepEqual(index.result(hash), place);
  assert.equal(index.result(hashOf(2)), undefined);
  assert.deepEqual([...index.results()], hashesOf(2));
});

Deno.test("ResultIndex: the order in which segments are read does not matter", () => {
  const rows: Row[] = [["result", hash, 1], ["removed", hash, 1], ["failure", hash, 2], ["result", hash, 3]];
  for (const order of orders(rows)) {
    const index = new ResultIndex();
    for (const row of order) add(index, `a.0.${row[2]}`, row);
    assert.equal(index.result(hash)?.sequence, 3);
    assert.equal(index.failure(hash), undefined);
    add(index, "b.0.x", ["removed", hash, 3]);
    assert.equal(index.result(hash), undefined);
    // A failure before a result that was removed does not come back.
    assert.equal(index.failure(hash), undefined);
  }
});

Deno.test("ResultIndex: the last failure counts until it is cleared or there is a result", () => {
  const index = new ResultIndex();
  add(index, "a.0.x", ["failure", hash, 4]);
  add(index, "b.0.x", ["failure", hash, 2]);
  assert.equal(index.failure(hash)?.sequence, 4);
  assert.deepEqual([...index.failures()], [hash]);
  add(index, "b.0.x", ["cleared", hash, 4]);
  assert.equal(index.failure(hash), undefined);
  add(index, "b.0.x", ["failure", hash, 5], ["result", hash, 6]);
  assert.equal(index.failure(hash), undefined);
});

Deno.test("ResultIndex: a claim has ended once it, or a later one, has ended in any way", () => {
  for (const kind of ["result", "failure", "released"] as const) {
    const index = new ResultIndex();
    assert(!index.isEnded(hash, 1));
    add(index, "a.0.x", [kind, hash, 5]);
    assert(index.isEnded(hash, 5) && index.isEnded(hash, 4) && !index.isEnded(hash, 6));
    assert(!index.isEnded(hashOf(2), 1));
  }
});

Deno.test("ResultIndex: tells what has changed, once", () => {
  const index = new ResultIndex();
  add(index, "a.0.x", ["released", hash, 1], ["failure", hash, 2], ["result", hash, 3], ["removed", hash, 3]);
  assert.deepEqual(index.takeChanges().map(({ kind }) => kind), ["released", "failed", "finished", "removed"]);
  assert.deepEqual(index.takeChanges(), []);
});
