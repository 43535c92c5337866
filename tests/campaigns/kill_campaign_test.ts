import assert from "node:assert/strict";
import { amount, seed } from "../support/campaign/campaign.ts";
import { expectedOfLayers, sortedLines } from "../support/campaign/layers_expected.ts";
import { killUntilFinished } from "../support/campaign/killing.ts";
import { NOTHING } from "../support/campaign/left_behind.ts";
import { runJug } from "../support/run_jug.ts";
import { seededRandom } from "../support/campaign/seeded_random.ts";
import { sampleJugfile, type Scene, withScene } from "../support/campaign/watch.ts";

const ROUNDS = amount({ short: 4, long: 40 });
const LAYERS = 4;
const WIDTH = 40;

async function playRound({ notes, jugdir, read, results, leftovers }: Scene, round: number): Promise<number> {
  const random = seededRandom(seed + round);
  // In every fourth round the processes cannot see that they share a host, and wait for leases to expire.
  const isBlind = round % 4 === 3;
  const command = ["execute", sampleJugfile("layers.ts"), `${LAYERS}`, `${WIDTH}`, "30", notes, "--jugdir", jugdir];
  const workers = String(1 + round % 2);
  const permissions = isBlind ? ["-A", "--deny-sys"] : ["-A"];
  const options = ["--lease", isBlind ? "1" : "30", "--workers", workers];
  const kills = await killUntilFinished([...command, ...options], permissions, random);

  assert.deepEqual(sortedLines(await results()), expectedOfLayers(LAYERS, WIDTH));
  const ran = read().length;
  assert(ran >= LAYERS * WIDTH);
  assert.deepEqual((await leftovers()).locks, []);
  const again = await runJug([...command, ...options], { permissions });
  assert.equal(again.code, 0, again.stderr);
  assert.equal(read().length, ran, "finished tasks never run again");
  // Only on the same host are killed processes known to be dead, so that their other leftovers are removed, except the
  // draft of a process that was killed before it registered.
  if (!isBlind) assert.deepEqual({ ...await leftovers(), tmp: [] }, NOTHING);
  return kills;
}

Deno.test(`killed processes lose no results and leave no locks (JUG_TEST_SEED=${seed})`, async (test) => {
  let kills = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await test.step(`round ${round}`, () => withScene(async (scene) => void (kills += await playRound(scene, round))));
  }
  assert(kills >= ROUNDS, `${kills} kills`);
});
