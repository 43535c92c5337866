import assert from "node:assert/strict";
import { countNames, summaryTable } from "../commands/table.ts";

function lines(...texts: string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}

Deno.test("summaryTable() prints the columns of `jug status` to the character", () => {
  const name = "primes.isPrime";
  const table = summaryTable([name], [
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

Deno.test("summaryTable() widens the first column for a long name and keeps the numbers below each other", () => {
  const long = "genomes.annotateEverythingThatWasFound";
  const table = summaryTable(["a.b", long], [{ title: "Count", counts: new Map([["a.b", 1], [long, 1_000_000]]) }]);
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

Deno.test("summaryTable() prints a total of nothing where there are no tasks", () => {
  assert.match(summaryTable([], [{ title: "Count", counts: new Map() }]), /^Total: +0\n$/m);
});

Deno.test("countNames() keeps the order of first appearance", () => {
  assert.deepEqual([...countNames(["b", "a", "b"])], [["b", 2], ["a", 1]]);
});
