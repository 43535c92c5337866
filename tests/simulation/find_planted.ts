/**
 * Searches for seeds that find the planted bugs:
 * `deno run -A tests/simulation/find_planted.ts [SEEDS] [PART OF A NAME]`.
 *
 * @module
 */
import { type FailingSeed, runSeeds } from "./campaign.ts";
import { plant } from "./code_copy.ts";
import { type NamedBug, plantedBugs } from "./planted_bugs.ts";
import { startPool } from "./run/pool.ts";

/** Returns the first seed that finds a planted bug, or `undefined` if none of the first `seeds` seeds does. */
export async function findPlanted({ bug }: NamedBug, seeds: number): Promise<FailingSeed | undefined> {
  using pool = await startPool();
  using copy = plant(bug);
  return runSeeds({ pool, module: copy.module, first: 1, count: seeds, maxFailures: 1 }).failing[0];
}

if (import.meta.main) {
  const [seeds = "2000", part = ""] = Deno.args;
  for (const planted of await plantedBugs()) {
    if (!planted.name.includes(part)) continue;
    const found = await findPlanted(planted, Number(seeds));
    const said = found === undefined
      ? `not in ${seeds} seeds`
      : `seed ${found.seed}: ${found.problem.split("\n", 1)[0]}`;
    console.log(`${planted.name}: ${said}`);
  }
  Deno.exit(0);
}
