/**
 * Tests whose worth grows with their length: short in `deno task test`, long in `deno task test:slow`.
 *
 * @module
 */

const isLong = Deno.env.get("JUG_CAMPAIGN") === "long";

/** How much of something a test does: rounds, tasks, results. */
export function amount({ short, long }: { readonly short: number; readonly long: number }): number {
  return isLong ? long : short;
}

/** What decides the chances of a campaign: given to play one again that failed, else another each time. */
export const seed: number = Number(Deno.env.get("JUG_TEST_SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
