import assert from "node:assert/strict";
import { measureAll, type Reading, type RowOutcome } from "../../bench/measure.ts";
import type { Size } from "../../bench/row.ts";
import { SECTIONS } from "../../bench/sections.ts";
import { markdownTable } from "../../bench/table.ts";
import { hasRedis } from "../support/redis/redis_server.ts";
import { withTempDir } from "../support/temp_dir.ts";

/** So small that what is measured means nothing: the test is whether it can be measured. */
const size: Size = (full) => Math.max(1, Math.round(full / 10_000));

function assertReading(reading: Reading, name: string): void {
  assert.equal(reading.failure, undefined, name);
  if (reading.missing !== undefined) {
    const isExpected = reading.missing === "needs --jug" || !hasRedis && name.includes("redis") ||
      Deno.build.os !== "linux" && /memory|million/.test(name);
    assert.ok(isExpected, `${name}: ${reading.missing}`);
    return;
  }
  const { median, least, most } = reading.spread ?? {};
  assert.ok(Number.isFinite(median) && median === least && median === most, name);
}

Deno.test("every row of the benchmarks can be measured, and leaves nothing behind", () =>
  withTempDir(async (base) => {
    const outcomes: RowOutcome[] = [];
    const plan = { sections: SECTIONS, size, rounds: 1, isWanted: () => true, tell: () => {} };
    const setting = { base, disk: base, python: undefined, signal: new AbortController().signal };
    for await (const some of measureAll(plan, setting)) outcomes.push(...some);
    const expected = SECTIONS.flatMap((section) => section.rows(size)).map(({ name }) => name);
    assert.deepEqual(outcomes.map(({ row }) => row.name), expected);
    assert.equal(new Set(expected).size, expected.length, "names are unique");
    for (const { row, measured, yardstick } of outcomes) {
      assertReading(measured, row.name);
      if (yardstick !== undefined) assertReading(yardstick, row.name);
    }
    const lines = markdownTable(outcomes).split("\n");
    assert.equal(lines.length, expected.length + 2);
    assert.deepEqual([...Deno.readDirSync(base)], []);
  }));
