import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { withScene } from "../support/campaign/watch.ts";
import { startJug } from "../support/run_jug.ts";
import { hasSlurm, SKIPPED, startSlurm } from "./rig.ts";

const JUGFILE = fileURLToPath(new URL("jugfiles/naps.ts", import.meta.url));

Deno.test({
  name:
    `launch slurm splits arrays at MaxArraySize, is refused before it submits anything, and --cancel drains${SKIPPED}`,
  ignore: !hasSlurm,
  fn: () =>
    withScene(async ({ jugdir, notes, read, locks }) => {
      await using slurm = await startSlurm({ processors: 8, settings: ["MaxArraySize=4"] });
      const words = ["launch", "slurm", JUGFILE, notes, "2000", "300", "--jugdir", jugdir, "--permissions", "-A"];
      const jug = (...more: string[]) => startJug([...words, ...more], { env: slurm.env }).result;
      const refused = await jug("--max", "10", "--", "--partition", "nowhere");
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, /invalid partition specified: nowhere[^]*Change what follows --/);
      assert.deepEqual(slurm.submitted(), []);

      const { code, stdout, stderr } = await jug("--max", "10");
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^Submitted 10 workers as jug-[0-9a-f]{10} for 2,000 ready tasks\n$/);
      assert.equal(slurm.submitted().length, 3, "arrays of 4, 4 and 2");
      while (read().length < 100) await new Promise((resolve) => setTimeout(resolve, 200));
      const list = await jug("--list");
      const states = list.stdout.split("\n").flatMap((line) => /^\d+_\d+ .* (running|waiting) /.exec(line)?.[1] ?? []);
      assert.deepEqual(states.toSorted(), [...Array<string>(8).fill("running"), "waiting", "waiting"], list.stdout);

      const cancelled = await jug("--cancel");
      assert.match(cancelled.stdout, /^Cancelled 10 workers of jug-[0-9a-f]{10}\n$/, cancelled.stderr);
      const count = (event: string) => read().filter((note) => note.event === event).length;
      assert.equal(count("begin"), count("end"), "every task that had begun was finished");
      assert.deepEqual(await locks(), []);
      assert.deepEqual((await slurm.elements()).filter(({ state }) => state !== "COMPLETING"), []);
    }),
});
