/**
 * Workers of `jug launch slurm` whose jobs end before the tasks do.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { withScene } from "../support/campaign/watch.ts";
import { startJug } from "../support/run_jug.ts";
import { hasSlurm, SKIPPED, startSlurm } from "./rig.ts";

const JUGFILE = fileURLToPath(new URL("jugfiles/naps.ts", import.meta.url));
const TASKS = 8;

Deno.test({
  name: `launch slurm --time 60s: no task of 20 s is killed in the middle, and the next jobs do the rest${SKIPPED}`,
  ignore: !hasSlurm,
  fn: () =>
    withScene(async ({ jugdir, notes, read, locks }) => {
      await using slurm = await startSlurm();
      const { code, stderr } = await startJug([
        ...["launch", "slurm", JUGFILE, notes, `${TASKS}`, "20000", "20000", "--jugdir", jugdir, "--watch"],
        ...["--max", "2", "--time", "60s", "--every", "3s", "--permissions", "-A"],
      ], { env: slurm.env }).result;
      assert.equal(code, 0, stderr);
      const ids = (event: string) => read().filter((note) => note.event === event).map(({ id }) => id).sort();
      const all = Array.from({ length: TASKS }, (_, index) => `${index}`).sort();
      assert.deepEqual(ids("begin"), all, "each task began once");
      assert.deepEqual(ids("end"), all);
      assert.ok(slurm.submitted().length >= 2, "one job could not do all of it");
      assert.deepEqual(await locks(), []);
      // Slurm says so in the log of a job that it ends.
      for (const { name } of Deno.readDirSync(`${jugdir}/logs`)) {
        assert.doesNotMatch(Deno.readTextFileSync(`${jugdir}/logs/${name}`), /TIME LIMIT/, name);
      }
    }),
});
