import assert from "node:assert/strict";
import { amount } from "../support/campaign/campaign.ts";
import { expectedOfLayers, sortedLines } from "../support/campaign/layers_expected.ts";
import { NOTHING } from "../support/campaign/left_behind.ts";
import { withScene } from "../support/campaign/watch.ts";
import { claimAndDie } from "../support/file/file_place.ts";
import { hashesOf, newOwner } from "../backends/backend_contract.ts";

const LAYERS = amount({ short: 3, long: 10 });
const WIDTH = 400;

Deno.test(`four concurrent \`execute --workers 2\` run each of ${LAYERS * WIDTH} tasks exactly once`, async () => {
  await withScene(async ({ notes, start, read, results, leftovers }) => {
    const args = [String(LAYERS), String(WIDTH), "3", notes, "--workers", "2"];
    const runs = await Promise.all(Array.from({ length: 4 }, () => start("layers.ts", args).result));
    for (const { code, stderr } of runs) assert.equal(code, 0, stderr);

    const begun = read().map(({ id }) => id);
    assert.deepEqual([begun.length, new Set(begun).size], [LAYERS * WIDTH, LAYERS * WIDTH]);
    assert(new Set(read().map(({ pid }) => pid)).size > 1, "several processes took part");
    const executed = runs.map(({ stdout }) => Number(/^Total:\s+(\d+)/m.exec(stdout)?.[1]));
    assert.equal(
      executed.reduce((sum, count) => sum + count, 0),
      LAYERS * WIDTH,
      "each process reports the tasks that it ran",
    );

    assert.deepEqual(sortedLines(await results()), expectedOfLayers(LAYERS, WIDTH));
    assert.deepEqual(await leftovers(), NOTHING);
  });
});

Deno.test("`execute` on a finished jugdir runs nothing and removes leftovers of dead processes", async () => {
  await withScene(async ({ notes, jugdir, start, read, leftovers }) => {
    const args = ["2", "20", "0", notes];
    const first = await start("layers.ts", args).result;
    assert.equal(first.code, 0, first.stderr);
    assert.equal(read().length, 40);

    // A process that was killed on this host while it ran tasks of another jugfile.
    const dead = newOwner({ host: Deno.hostname(), boot: undefined });
    await claimAndDie(jugdir, dead, hashesOf(3));
    Deno.writeTextFileSync(`${jugdir}/tmp/${dead.id}.draft-1`, "half a resu");
    const { segments, tmp, workers } = await leftovers();
    assert.deepEqual([segments.length, tmp.length, workers], [1, 1, [dead.id]]);
    const again = await start("layers.ts", args).result;
    assert.equal(again.code, 0, again.stderr);
    assert.equal(read().length, 40, "nothing ran again");
    assert.match(again.stdout, /^Total:\s+0\s+40$/m);
    // Its locks stay in the jugdir until somebody claims those tasks, but it does not hold them any more.
    const { locks, ...others } = await leftovers();
    assert.deepEqual(locks.map(({ state }) => state), ["dead", "dead", "dead"]);
    assert.deepEqual({ ...others, locks: [] }, NOTHING);
  });
});
