import assert from "node:assert/strict";
import { measureAll, type RowOutcome } from "../../bench/measure.ts";
import { parseOptions } from "../../bench/options.ts";
import type { Row, Target } from "../../bench/row.ts";
import { SECTIONS } from "../../bench/sections.ts";
import { median } from "../../bench/statistics.ts";
import { markdownTable } from "../../bench/table.ts";
import { Unavailable } from "../../bench/unavailable.ts";
import { withTempDir } from "../support/temp_dir.ts";

/** A row that reads one value after another. */
function rowOf(name: string, target: Target, values: readonly number[], yardstick?: readonly number[]): Row {
  const next = (values: readonly number[]) => {
    const left = values.values();
    return () => Promise.resolve(left.next().value ?? NaN);
  };
  const other = yardstick === undefined ? {} : { yardstick: { name: "other", measure: next(yardstick) } };
  return { name, unit: "ms", target, measure: next(values), ...other };
}

function measured(rows: readonly Row[], rounds: number): Promise<RowOutcome[]> {
  return withTempDir(async (base) => {
    const setting = { base, disk: base, python: undefined, signal: new AbortController().signal };
    const plan = { sections: [{ rows: () => rows }], size: Math.round, rounds, isWanted: () => true, tell: () => {} };
    return (await Array.fromAsync(measureAll(plan, setting))).flat();
  });
}

Deno.test("the median of an even number of values is between the two in the middle", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.ok(Number.isNaN(median([])));
});

Deno.test("the table shows median, least and most, and compares each round with its own yardstick", async () => {
  const outcomes = await measured([
    rowOf("fast", { kind: "faster", value: 10 }, [1, 2, 4], [20, 20, 20]),
    rowOf("cheap", { kind: "share", value: 0.5 }, [1, 2, 3], [2, 8, 3]),
    rowOf("late", { kind: "beyond", value: 0.1 }, [0.5, 0.25, 1], [0.25, 0.125, 0.5]),
    rowOf("few", { kind: "most", value: 2_000 }, [1234.5, 1, 4]),
  ], 3);
  assert.deepEqual(markdownTable(outcomes).split("\n").slice(2), [
    "| fast | 10 times as fast | 2 ms (1–4) | other: 20 | 10 times as fast (5–20) |",
    "| cheap | at most 0.5 times | 2 ms (1–3) | other: 3 | 0.5 times (0.25–1) |",
    "| late | at most 0.1 ms more | 0.5 ms (0.25–1) | other: 0.25 | 0.25 ms more (0.125–0.5) |",
    "| few | at most 2,000 ms | 4 ms (1–1,235) |  |  |",
  ]);
});

Deno.test("what is missing and what fails is said in the table, and the other rows are measured", async () => {
  const target: Target = { kind: "share", value: 1 };
  const missing = () => Promise.reject(new Unavailable("no server"));
  const failing = () => Promise.reject(new Error("broken"));
  const outcomes = await measured([
    { name: "a", unit: "s", target, measure: missing },
    { name: "b", unit: "s", target, measure: failing, yardstick: { name: "other", measure: missing } },
    rowOf("c", target, [1], [1]),
  ], 1);
  assert.equal(outcomes[1]?.measured.failure, "broken");
  assert.deepEqual(markdownTable(outcomes).split("\n").slice(2), [
    "| a | at most 1 times | no server |  |  |",
    "| b | at most 1 times | failed | other: no server |  |",
    "| c | at most 1 times | 1 ms (1–1) | other: 1 | 1 times (1–1) |",
  ]);
});

Deno.test("options are checked", () => {
  const reasonOf = (...args: string[]) => {
    const parsed = parseOptions(args);
    return parsed.kind === "refused" ? parsed.reason.split("\n", 1)[0] : undefined;
  };
  assert.equal(reasonOf(), undefined);
  assert.equal(reasonOf("--rounds", "0"), "--rounds takes a whole number, 1 or more, not 0");
  assert.equal(reasonOf("--scale", "2"), "--scale takes a number above 0, at most 1, not 2");
  assert.match(reasonOf("--jug", "/no/such") ?? "", /^--jug: there is no package jug/);
  assert.match(reasonOf("--folder", "/no/such") ?? "", /^--folder: there is no folder/);
  assert.match(reasonOf("--fast") ?? "", /--fast/);
});

Deno.test("bench/README.md has a line for each row of the full size, with its target", () => {
  const page = Deno.readTextFileSync(new URL("../../bench/README.md", import.meta.url));
  const text = page.split("\n");
  const first = text.findIndex((line) => line.startsWith("| Row "));
  const end = text.findIndex((line, index) => index > first && !line.startsWith("|"));
  const lines = text.slice(first, end).map((line) => line.split(/\s+\|\s+/));
  const rows = SECTIONS.flatMap((section) => section.rows((full) => full));
  const none = { spread: undefined, missing: undefined, failure: undefined };
  const outcomes = rows.map((row): RowOutcome => ({ row, measured: none, yardstick: none, ratio: undefined }));
  const expected = markdownTable(outcomes).split("\n").slice(2).map((line) => line.split(/\s*\|\s*/).slice(1, 3));
  const found = lines.slice(2).map(([name = "", target]) => [name.replace(/^\| /, ""), target]);
  assert.deepEqual(found, expected);
});
