import assert from "node:assert/strict";
import type { DurationSummary } from "../../../backends/backend.ts";
import { DurationSums } from "../../../backends/duration_classes.ts";
import { expectedDuration, mayEndBy } from "../../../engine/limits/expected_durations.ts";

function summaryOf(durations: readonly number[]): DurationSummary | undefined {
  const sums = new DurationSums();
  for (const duration of durations) sums.add("f", duration);
  return sums.summaries()[0];
}

const counted = (count: number) => Array.from({ length: count }, (_, i) => (i + 1) * 100);

Deno.test("of fewer than twenty tasks, the longest and a tenth is expected", () => {
  assert.equal(expectedDuration(summaryOf([100, 400, 200])), 1.1 * 400);
  assert.equal(expectedDuration(summaryOf(counted(19))), 1.1 * 1900);
});

Deno.test("of twenty tasks or more, the 95th percentile is expected, at most 9 % more", () => {
  for (const [count, exact] of [[20, 1900], [100, 9500]] as const) {
    const expected = expectedDuration(summaryOf(counted(count))) ?? NaN;
    assert.ok(expected >= exact && expected <= 1.1 * exact, `${expected}`);
  }
});

Deno.test("nothing is expected of a function that never ran", () => {
  assert.equal(expectedDuration(undefined), undefined);
  assert.equal(expectedDuration(summaryOf([])), undefined);
});

Deno.test("a running task may end in time if its declared or learnt duration says so, or if nothing is known", () => {
  const learnt = summaryOf([1000]);
  const since = 5000;
  assert.equal(mayEndBy({ since, declaredMs: undefined }, 6100, learnt), true);
  assert.equal(mayEndBy({ since, declaredMs: undefined }, 6099, learnt), false);
  assert.equal(mayEndBy({ since, declaredMs: 3000 }, 7999, learnt), false);
  assert.equal(mayEndBy({ since, declaredMs: 300 }, 5300, learnt), true);
  assert.equal(mayEndBy({ since, declaredMs: undefined }, 5001, undefined), true);
});

Deno.test("a task that has taken longer than expected may end at any moment", () => {
  assert.equal(mayEndBy({ since: 0, declaredMs: 1000 }, 60_000, undefined), true);
});
