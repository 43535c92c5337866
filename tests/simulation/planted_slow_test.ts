/**
 * Tests that each planted bug is found within 2,000 seeds, and that many seeds of the real code find nothing. It takes
 * a quarter of an hour or more, so it belongs to the slow tier. JUG_SIM_SEEDS sets the number of seeds of the real code
 * (default 10,000).
 *
 * @module
 */
import assert from "node:assert/strict";
import { describeFailure, runSeeds } from "./campaign.ts";
import { REAL_MODULE } from "./code_copy.ts";
import { findPlanted } from "./find_planted.ts";
import { plantedBugs } from "./planted_bugs.ts";
import { startPool } from "./run/pool.ts";

const SEEDS = Number(Deno.env.get("JUG_SIM_SEEDS") ?? 10_000);

for (const planted of await plantedBugs()) {
  Deno.test(`simulation: finds within 2,000 seeds: ${planted.bug.title}`, async () => {
    const found = await findPlanted(planted, 2_000);
    assert(found !== undefined);
  });
}

Deno.test(`simulation: ${SEEDS} seeds of the file backend`, async () => {
  using pool = await startPool();
  const { failing } = runSeeds({ pool, module: REAL_MODULE, first: 1, count: SEEDS, maxFailures: 5 });
  assert.equal(failing.map(describeFailure).join("\n"), "");
});
