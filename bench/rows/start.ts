/**
 * How long jug takes from start to end with next to nothing to do.
 *
 * @module
 */
import { jugCommand } from "../processes.ts";
import { oncePerRound, type Round } from "../round.ts";
import type { Row, Size } from "../row.ts";
import { executeNew, newJugdir } from "./flat_runs.ts";

/** Rows for one task. In each round, the best of some runs counts, since everything else only adds to it. */
export function startRows(size: Size): readonly Row[] {
  const runs = size(10);
  const best = async (run: () => Promise<number>) => {
    let seconds = Infinity;
    for (let count = 0; count < runs; count++) seconds = Math.min(seconds, await run());
    return seconds;
  };
  const evaluation = oncePerRound((round) =>
    best(async () => (await round.run([Deno.execPath(), "eval", "1"])).seconds)
  );
  const one = { jugfile: "flat.ts", args: [1] };
  const row = (what: string, beyond: number, measure: (round: Round) => Promise<number>): Row => ({
    name: `start to end: ${what} of one task`,
    unit: "s",
    target: { kind: "beyond", value: beyond },
    measure,
    yardstick: { name: "`deno eval 1`", measure: evaluation },
  });
  return [
    row("`jug status`", 0.12, async (round) => {
      const jugdir = await newJugdir(round, "file");
      await round.run(jugCommand("execute", one.jugfile, { ...one, jugdir }));
      return await best(async () => (await round.run(jugCommand("status", one.jugfile, { ...one, jugdir }))).seconds);
    }),
    row("`jug execute`", 0.2, (round) => best(async () => (await executeNew(round, "file", one)).seconds)),
  ];
}
