/**
 * Settings of campaigns: tests that are short in `deno task test` and long in `deno task test:slow`.
 *
 * @module
 */

/** Whether the long forms are asked for. */
export const isLong: boolean = Deno.env.get("JUG_CAMPAIGN") === "long";

/** Returns an amount (of rounds, tasks or results) for the form of the campaign that runs. */
export function amount({ short, long }: { readonly short: number; readonly long: number }): number {
  return isLong ? long : short;
}

/** The seed of a campaign's random choices: JUG_TEST_SEED, to repeat a run that failed, or a new one for each run. */
export const seed: number = Number(Deno.env.get("JUG_TEST_SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
