import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { type Column, countNames, summaryTable } from "../../../commands/display/table.ts";

function lines(...texts: string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}

Deno.test("summaryTable() prints the columns of `jug status` exactly", async () => {
  const name = "primes.isPrime";
  const table = await summaryTable([name], [
    { title: "Waiting", counts: new Map() },
    { title: "Ready", counts: new Map([[name, 63]]) },
    { title: "Finished", counts: new Map([[name, 32]]) },
    { title: "Running", counts: new Map([[name, 4]]) },
  ]);
  assert.equal(
    table,
    lines(
      "Task name                     Waiting       Ready    Finished     Running",
      "-------------------------------------------------------------------------",
      "primes.isPrime                      0          63          32           4",
      ".........................................................................",
      "Total:                              0          63          32           4",
    ),
  );
});

Deno.test("summaryTable() widens the first column for a long name and keeps the numbers aligned", async () => {
  const long = "genomes.annotateEverythingThatWasFound";
  const table = await summaryTable(["a.b", long], [{
    title: "Count",
    counts: new Map([["a.b", 1], [long, 1_000_000]]),
  }]);
  assert.equal(
    table,
    lines(
      "Task name                                    Count",
      "--------------------------------------------------",
      "a.b                                              1",
      "genomes.annotateEverythingThatWasFound     1000000",
      "..................................................",
      "Total:                                     1000001",
    ),
  );
});

Deno.test("summaryTable() prints a total of 0 if there are no tasks", async () => {
  assert.match(await summaryTable([], [{ title: "Count", counts: new Map() }]), /^Total: +0\n$/m);
});

Deno.test("countNames() keeps the order of first appearance", () => {
  assert.deepEqual([...countNames(["b", "a", "b"])], [["b", 2], ["a", 1]]);
});

const NAMES = [
  "genomes.annotateEverythingThatWasFoundInTheGenome",
  "genomes.素数を判定する関数",
  "genomes.🚀👩‍👩‍👧",
  "g.f",
];

function states(of: readonly string[]): Column[] {
  const counts = new Map(of.map((name, index) => [name, index * 777]));
  return ["Failed", "Waiting", "Ready", "Finished", "Running"].map((title) => ({ title, counts, style: "red" }));
}

Deno.test("summaryTable() fits every terminal of at least 40 columns, and keeps columns aligned", async () => {
  const { default: stringWidth } = await import("npm:string-width@8");
  for (const names of [NAMES, NAMES.slice(3)]) {
    for (let columns = 40; columns <= 130; columns++) {
      for (const shown of [states(names), states(names).slice(1), states(names).slice(4)]) {
        const table = await summaryTable(names, shown, { columns, color: false });
        const rows = table.trimEnd().split("\n");
        for (const row of rows) assert.ok(stringWidth(row) < columns, `${columns}:\n${table}`);
        const ends = new Set(rows.filter((row) => /(\d|Running)$/.test(row)).map((row) => stringWidth(row)));
        assert.equal(ends.size, 1, `${columns}:\n${table}`);
      }
    }
  }
});

Deno.test("summaryTable() shortens long names in the middle, by their width on a terminal", async () => {
  assert.equal(
    await summaryTable(NAMES, states(NAMES).slice(4), { columns: 40, color: false }),
    lines(
      "Task name                       Running",
      "---------------------------------------",
      "genomes.annotat…undInTheGenome        0",
      "genomes.素数を判定する関数          777",
      "genomes.🚀👩‍👩‍👧                       1554",
      "g.f                                2331",
      ".......................................",
      "Total:                             4662",
    ),
  );
});

Deno.test("summaryTable() puts numbers below the names if a line has no room for both", async () => {
  assert.equal(
    await summaryTable(NAMES.slice(2), states(NAMES), { columns: 40, color: false }),
    lines(
      "Task name",
      " Failed Waiting Ready Finished Running",
      "--------------------------------------",
      "genomes.🚀👩‍👩‍👧",
      "   1554    1554  1554     1554    1554",
      "g.f",
      "   2331    2331  2331     2331    2331",
      "......................................",
      "Total:",
      "   4662    4662  4662     4662    4662",
    ),
  );
});

Deno.test("summaryTable() shortens nothing without a terminal, and uses colours only on request", async () => {
  const table = await summaryTable(NAMES, states(NAMES));
  for (const name of NAMES) assert.ok(table.includes(name));
  const area = { columns: 200, color: false };
  const colored = await summaryTable(NAMES, states(NAMES), { ...area, color: true });
  assert.equal(stripVTControlCharacters(colored), await summaryTable(NAMES, states(NAMES), area));
  assert.ok(colored.includes("\x1b[31m         777\x1b[39m"));
});
