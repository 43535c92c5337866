import assert from "node:assert/strict";
import { openBackend } from "../../backends/open.ts";
import { collect } from "../backends/backend_contract.ts";
import { amount, seed } from "../support/campaign/campaign.ts";
import { expectedOfLayers, sortedLines } from "../support/campaign/layers_expected.ts";
import { killUntilFinished } from "../support/campaign/killing.ts";
import { runJug } from "../support/run_jug.ts";
import { seededRandom } from "../support/campaign/seeded_random.ts";
import { sampleJugfile, type Scene, withScene } from "../support/campaign/watch.ts";

const inDatabase = (folder: string) => `sqlite:${folder}/layers.jugdb`;
/** The number of rounds. In every third one, processes cannot create worker files. */
const ROUNDS = amount({ short: 3, long: 30 });

async function locksIn(jugdir: string): Promise<unknown[]> {
  const backend = await openBackend(jugdir);
  try {
    return await collect(backend.listLocks());
  } finally {
    await backend.close();
  }
}

/** Returns the names of what jug and SQLite keep beside the database. */
function besides(jugdir: string): string[] {
  const path = jugdir.slice("sqlite:".length);
  const folder = path.slice(0, path.lastIndexOf("/"));
  return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => /-(workers|wal|shm)$/.test(name));
}

Deno.test("sqlite: three concurrent `execute --workers 2` run each of 2,000 tasks exactly once", async () => {
  await withScene(async ({ notes, jugdir, read, results }) => {
    const command = ["execute", sampleJugfile("layers.ts"), "5", "400", "3", notes, "--workers", "2"];
    const runs = await Promise.all(Array.from({ length: 3 }, () => runJug([...command, "--jugdir", jugdir])));
    for (const { code, stderr } of runs) assert.equal(code, 0, stderr);
    const begun = read().map(({ id }) => id);
    assert.deepEqual([begun.length, new Set(begun).size], [2000, 2000]);
    assert(new Set(read().map(({ pid }) => pid)).size > 1, "several processes took part");
    assert.deepEqual(sortedLines(await results()), expectedOfLayers(5, 400));
    assert.deepEqual(await locksIn(jugdir), []);
    assert.deepEqual(besides(jugdir), [], "only the database file is left");
  }, inDatabase);
});

async function playRound({ notes, jugdir, read, results }: Scene, round: number): Promise<number> {
  const random = seededRandom(seed + round);
  // In every third round the files that reveal a death at once cannot be created, and leases have to expire.
  const isBlind = round % 3 === 2;
  const path = jugdir.slice("sqlite:".length);
  const permissions = isBlind ? ["--allow-read", `--allow-write=${notes},${path}`] : ["-A"];
  const command = ["execute", sampleJugfile("layers.ts"), "4", "40", "30", notes, "--jugdir", jugdir];
  const options = ["--lease", isBlind ? "1" : "30", "--workers", String(1 + round % 2)];
  const kills = await killUntilFinished([...command, ...options], permissions, random);
  assert.deepEqual(sortedLines(await results()), expectedOfLayers(4, 40));
  const ran = read().length;
  const again = await runJug([...command, ...options], { permissions });
  assert.equal(again.code, 0, again.stderr);
  assert.equal(read().length, ran, "finished tasks never run again");
  assert.deepEqual(await locksIn(jugdir), []);
  if (!isBlind) assert.deepEqual(besides(jugdir), []);
  return kills;
}

Deno.test(`sqlite: killed processes lose no results and leave no locks (JUG_TEST_SEED=${seed})`, async (test) => {
  let kills = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await test.step(`round ${round}`, () =>
      withScene(async (scene) => void (kills += await playRound(scene, round)), inDatabase));
  }
  assert(kills >= ROUNDS, `${kills} kills`);
});
