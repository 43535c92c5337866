import assert from "node:assert/strict";
import fc from "npm:fast-check@4";
import { eachBusyPeriod, rowsByWorker, rowsOf } from "../../../engine/analysis/by_worker.ts";
import { lanesOf } from "../../../engine/analysis/lanes.ts";
import { endAt } from "../../../engine/analysis/run_columns.ts";
import { columnsOf, entry } from "../../support/analysis/run_entries.ts";

/** Any runs of three workers: many of them overlap, take no time, or end before they begin. */
const RUNS = fc.array(fc.record({ start: fc.nat(50), length: fc.integer({ min: -5, max: 20 }), worker: fc.nat(2) }))
  .map((runs) =>
    columnsOf(
      ...runs.map(({ start, length, worker }, i) => entry(i, start, start + length, { worker: `a:1.${worker}` })),
    )
  );

Deno.test("rowsByWorker() has each row once, sorted by worker and start", () => {
  fc.assert(fc.property(RUNS, (columns) => {
    const byWorker = rowsByWorker(columns);
    assert.deepEqual([...byWorker.rows].sort((a, b) => a - b), Array.from({ length: columns.count }, (_, row) => row));
    for (const worker of columns.workers.keys()) {
      const rows = [...rowsOf(byWorker, worker)];
      assert.ok(rows.every((row) => columns.worker[row] === worker));
      const starts = rows.map((row) => columns.start[row] ?? NaN);
      assert.deepEqual(starts, starts.toSorted((a, b) => a - b));
    }
  }));
});

Deno.test("lanesOf() lets no two runs of a lane overlap, and needs no more lanes than runs overlap", () => {
  fc.assert(fc.property(RUNS, (columns) => {
    const byWorker = rowsByWorker(columns);
    const { lane, counts } = lanesOf(columns, byWorker);
    for (const worker of columns.workers.keys()) {
      const rows = [...rowsOf(byWorker, worker)];
      const ends = new Map<number, number>();
      let most = 0;
      for (const row of rows) {
        const [own, start] = [lane[row] ?? NaN, columns.start[row] ?? NaN];
        assert.ok(own < (counts[worker] ?? 0));
        assert.ok(start >= (ends.get(own) ?? -Infinity));
        most = Math.max(most, 1 + [...ends.values()].filter((end) => end > start).length);
        ends.set(own, endAt(columns, row));
      }
      assert.equal(counts[worker], most);
    }
  }));
});

Deno.test("runs that take less than the clock's millisecond need no second lane, in whatever order they are listed", () => {
  const columns = columnsOf(entry(1, 6, 7), entry(2, 6, 6), entry(3, 5, 6), entry(4, 6, 6));
  assert.deepEqual([...lanesOf(columns, rowsByWorker(columns)).counts], [1]);
});

Deno.test("eachBusyPeriod() joins the runs that overlap or touch", () => {
  const columns = columnsOf(entry(1, 0, 10), entry(2, 5, 7), entry(3, 10, 12), entry(4, 20, 15), entry(5, 30, 31));
  const periods: number[][] = [];
  eachBusyPeriod(columns, rowsOf(rowsByWorker(columns), 0), (...period) => periods.push(period));
  assert.deepEqual(periods, [[0, 12], [20, 20], [30, 31]]);
});
