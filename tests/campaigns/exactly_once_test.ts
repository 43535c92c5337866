import assert from "node:assert/strict";
import { fileBackend } from "../../backends/file.ts";
import { amount } from "../support/campaign/campaign.ts";
import { expectedOfLayers, sortedLines } from "../support/campaign/layers_expected.ts";
import { withScene } from "../support/campaign/watch.ts";

const LAYERS = amount({ short: 3, long: 10 });
const WIDTH = 400;

Deno.test(`four concurrent \`execute --workers 2\` run each of ${LAYERS * WIDTH} tasks exactly once`, async () => {
  await withScene(async ({ notes, start, read, results, files }) => {
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
    assert.deepEqual([files("locks"), files("steals"), files("tmp"), files("workers")], [[], [], [], []]);
  });
});

Deno.test("`execute` on a finished jugdir runs nothing and removes leftovers of dead processes", async () => {
  await withScene(async ({ notes, jugdir, start, read, files }) => {
    const args = ["2", "20", "0", notes];
    const first = await start("layers.ts", args).result;
    assert.equal(first.code, 0, first.stderr);
    assert.equal(read().length, 40);

    const backend = fileBackend({ root: jugdir });
    for await (const hashes of backend.list()) {
      // The leftover of a process that was killed between storing its result and releasing its lock.
      for (const hash of hashes) Deno.writeTextFileSync(`${jugdir}/locks/${hash}`, "gone.0.1\n[null,null,1000]\n");
    }
    await backend.close();
    const again = await start("layers.ts", args).result;
    assert.equal(again.code, 0, again.stderr);
    assert.equal(read().length, 40, "nothing ran again");
    assert.match(again.stdout, /^Total:\s+0\s+40$/m);
    assert.deepEqual(files("locks"), []);
  });
});
