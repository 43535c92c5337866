/**
 * Runs seeds of the real code, and checks that the simulator still finds planted bugs.
 * JUG_SIM_SEEDS sets the number of seeds, JUG_SIM_FIRST the first seed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describeFailure, runSeeds } from "./campaign.ts";
import { REAL_MODULE, withBug } from "./code_copy.ts";
import { findPlanted } from "./find_planted.ts";
import { plantedBugs } from "./planted_bugs.ts";
import { startPool } from "./run/pool.ts";
import { planOf } from "./run/scenarios.ts";
import { shrink } from "./run/shrink.ts";
import { simulate } from "./run/simulation.ts";
import { NO_TRACE, tracing } from "./run/trace.ts";

const SEEDS = Number(Deno.env.get("JUG_SIM_SEEDS") ?? 100);
const FIRST = Number(Deno.env.get("JUG_SIM_FIRST") ?? 1);

Deno.test(`simulation: ${SEEDS} seeds of the file backend`, async () => {
  using pool = await startPool();
  const { failing } = runSeeds({ pool, module: REAL_MODULE, first: FIRST, count: SEEDS, maxFailures: 5 });
  assert.equal(failing.map(describeFailure).join("\n"), "");
});

Deno.test("simulation: a seed replays exactly", async () => {
  using pool = await startPool();
  for (const seed of [1, 2, 3]) {
    const [once, again] = [pool.threads, pool.threads.toReversed()].map((threads) => {
      const lines: string[] = [];
      simulate(planOf(seed), { module: REAL_MODULE, threads, trace: tracing((line) => lines.push(line)) });
      return lines.join("\n");
    });
    assert.equal(once, again);
  }
});

Deno.test("simulation: each planted bug fits the present code", async () => {
  // Throws otherwise. Only the slow tier plants them all.
  for (const { bug } of await plantedBugs()) {
    withBug(Deno.readTextFileSync(new URL(`../../${bug.file}`, import.meta.url)), bug);
  }
});

Deno.test("simulation: planted bugs that few seeds suffice for are found", async () => {
  const soon = ["commit_ignores_closing", "take_over_without_seizing", "thief_cuts_off"];
  for (const planted of await plantedBugs()) {
    if (soon.includes(planted.name)) assert(await findPlanted(planted, 300) !== undefined, planted.bug.title);
  }
});

Deno.test("simulation: a failing plan is shrunk", async () => {
  using pool = await startPool();
  const whole = planOf(1);
  const plan = {
    ...whole,
    processes: whole.processes.filter(({ id }) => id === "p1" || id === "p2" || id === "p3"),
    events: [],
  };
  const module = REAL_MODULE;
  // For this test a plan fails as long as a claimant stores a result.
  const smaller = shrink(plan, (candidate) => {
    const lines: string[] = [];
    simulate(candidate, { module, threads: pool.threads, trace: tracing((line) => lines.push(line)) });
    return lines.some((line) => / completed .* stored/.test(line)) ? "somebody stores a result" : undefined;
  });
  assert.deepEqual([smaller.processes.length, smaller.tasks.length], [1, 1]);
  assert.equal(simulate(smaller, { module, threads: pool.threads, trace: NO_TRACE }).operations < 200, true);
});
