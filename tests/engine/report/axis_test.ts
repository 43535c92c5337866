import assert from "node:assert/strict";
import { Axis } from "../../../engine/report/axis.ts";
import { BinSums } from "../../../engine/report/bin_sums.ts";

Deno.test("an axis cuts out the time in which nobody was there", () => {
  const axis = new Axis([{ from: 100, to: 200 }, { from: 1000, to: 1050 }, { from: 150, to: 220 }]);
  assert.equal(axis.length, 170);
  const places = [0, 100, 160, 220, 500, 1000, 1030, 1050, 9999].map((time) => axis.place(time));
  assert.deepEqual(places, [0, 0, 60, 120, 120, 120, 150, 170, 170]);
});

Deno.test("an axis has at most 200 stretches, and keeps the largest gaps", () => {
  const spans = Array.from({ length: 1000 }, (_, i) => ({ from: 10 * i, to: 10 * i + 5 }));
  spans.push({ from: 100_000, to: 100_001 });
  const { stretches, length } = new Axis(spans);
  assert.equal(stretches.length, 200);
  assert.deepEqual(stretches.at(-1), { from: 100_000, to: 100_001 });
  assert.equal(length, stretches.reduce((sum, { from, to }) => sum + to - from, 0));
});

Deno.test("BinSums averages what covers each bin", () => {
  const sums = new BinSums(4, 40);
  sums.add(0, 40);
  sums.add(5, 35);
  sums.add(12, 14);
  sums.add(20, 20);
  sums.add(30, 20);
  assert.deepEqual([...sums.averages()].map((value) => Number(value.toFixed(9))), [1.5, 2.2, 2, 1.5]);
});
