import assert from "node:assert/strict";
import { functionTimes, quantile, sortedDurations } from "../../../engine/analysis/function_times.ts";
import { RunCollector } from "../../../engine/analysis/run_columns.ts";
import { hashOf } from "../../support/fake_inspection.ts";
import { columnsOf, entry } from "../../support/analysis/run_entries.ts";

Deno.test("quantile() is exact, and interpolates like NumPy's percentile()", () => {
  const numbers = Float64Array.of(1, 2, 3, 4, 10);
  // numpy.percentile([1, 2, 3, 4, 10], [0, 50, 95, 100])
  assert.deepEqual([0, 0.5, 0.95, 1].map((share) => Number(quantile(numbers, share).toFixed(9))), [1, 3, 8.8, 10]);
  assert.equal(quantile(Float64Array.of(1, 2), 0.5), 1.5);
  assert.equal(quantile(Float64Array.of(7), 0.95), 7);
});

Deno.test("functionTimes() counts results alone, names the longest run, and lists the largest total first", () => {
  const columns = columnsOf(
    entry(1, 0, 10),
    entry(2, 0, 500, { name: "m.slow" }),
    entry(3, 0, 20),
    entry(4, 0, 90, { kind: "failure" }),
    entry(5, 40, 30), // the clock was set back
    entry(6, 0, 1, { name: "m.bad", kind: "failure" }),
  );
  const [slow, fast, bad] = functionTimes(columns);
  assert.deepEqual(slow, {
    ...{ name: "m.slow", count: 1, failed: 0, total: 500 },
    spread: { mean: 500, median: 500, p95: 500, longest: 500, longestRow: 1 },
  });
  assert.deepEqual(fast, {
    ...{ name: "m.f", count: 3, failed: 1, total: 30 },
    spread: { mean: 10, median: 10, p95: 19, longest: 20, longestRow: 2 },
  });
  assert.deepEqual(bad, { name: "m.bad", count: 0, failed: 1, total: 0, spread: undefined });
  assert.deepEqual(sortedDurations(columns).map((durations) => [...durations]), [[0, 10, 20], [500], []]);
  assert.deepEqual(functionTimes(columnsOf()), []);
});

Deno.test("functionTimes() leaves out running tasks, whose names are not known", () => {
  const collector = new RunCollector();
  collector.add(entry(1, 0, 10));
  const who = { owner: "o", thread: 0, host: "a", pid: 1, since: 0, isQueued: false, state: "alive" } as const;
  collector.addHolder({ hash: hashOf(2), ...who }, 99);
  assert.deepEqual(functionTimes(collector.columns()).map(({ name, count }) => [name, count]), [["m.f", 1]]);
});
