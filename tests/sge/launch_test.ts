import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { withScene } from "../support/campaign/watch.ts";
import { startJug } from "../support/run_jug.ts";
import { hasSge, SKIPPED, startSge } from "./rig.ts";

const JUGFILE = fileURLToPath(new URL("../slurm/jugfiles/naps.ts", import.meta.url));

Deno.test({
  name: `launch sge --watch runs all tasks on a real Grid Engine, and --cancel drains workers${SKIPPED}`,
  ignore: !hasSge,
  fn: () =>
    withScene(async ({ jugdir, notes, read, locks }) => {
      await using sge = await startSge();
      const words = (count: number) => ["launch", "sge", JUGFILE, notes, `${count}`, "200", "--jugdir", jugdir];
      const options = ["--max", "3", "--time", "10m", "--idle", "5s", "--every", "2s", "--permissions", "-A"];
      const first = await startJug([...words(40), ...options, "--watch"], { env: sge.env }).result;
      assert.equal(first.code, 0, first.stderr);
      assert.equal(read().filter(({ event }) => event === "end").length, 40);
      assert.match(first.stderr, /submitting 3 more/);
      assert.equal(first.stderr.match(/submitting/g)?.length, 1);

      const second = await startJug([...words(4000), ...options], { env: sge.env }).result;
      assert.match(second.stdout, /^Submitted 3 workers/, second.stderr);
      while (read().length < 90) await new Promise((resolve) => setTimeout(resolve, 200));
      const cancelled = await startJug([...words(4000), ...options, "--cancel"], { env: sge.env }).result;
      assert.match(cancelled.stdout, /^Cancelled \d workers? of jug-/, cancelled.stderr);
      assert.doesNotMatch(cancelled.stdout, /before they had ended/);
      assert.deepEqual(await locks(), []);
      // Workers that were told to end finished what they had begun.
      const count = (event: string) => read().filter((note) => note.event === event).length;
      assert.equal(count("begin"), count("end"));
    }),
});
