import assert from "node:assert/strict";
import { withProject } from "../support/project.ts";
import { runJug } from "../support/run_jug.ts";
import { sampleJugfile, withScene } from "../support/campaign/watch.ts";

/** The number of tries, since the machine may be busy. */
const TRIES = 3;

const COMPUTE = `import { TaskGenerator } from "jug";
const compute = TaskGenerator(function compute(n: number) {
  let x = n + 1;
  for (let i = 0; i < 80_000_000; i++) x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  return x;
});
for (let n = 0; n < 100; n++) compute(n);
`;

Deno.test({
  name: "two workers are at least 1.4 times as fast as one over ten seconds of computing",
  // This is not possible on one core.
  ignore: navigator.hardwareConcurrency < 2,
  fn: () =>
    withProject({ "compute.ts": COMPUTE }, async ({ jug }) => {
      const wallOf = async (workers: number, attempt: number): Promise<number> => {
        const start = performance.now();
        const words = `execute compute.ts --workers ${workers} --jugdir ${workers}-${attempt}.jugdata`;
        const { code, stderr } = await jug(words);
        assert.equal(code, 0, stderr);
        return performance.now() - start;
      };
      const ratios: number[] = [];
      for (let attempt = 0; attempt < TRIES && !ratios.some((ratio) => ratio >= 1.4); attempt++) {
        ratios.push(await wallOf(1, attempt) / await wallOf(2, attempt));
      }
      assert.ok(ratios.some((ratio) => ratio >= 1.4), `${ratios.map((ratio) => ratio.toFixed(2))} times as fast`);
    }),
});

Deno.test("`status` on 10,000 finished tasks takes under a second", () =>
  withScene(async ({ jugdir, start: startExecute }) => {
    const run = await startExecute("many.ts", ["10000", "--workers", "2"]).result;
    assert.equal(run.code, 0, run.stderr);
    const times: number[] = [];
    for (let turn = 0; turn < TRIES; turn++) {
      const start = performance.now();
      const { code, stdout } = await runJug(["status", sampleJugfile("many.ts"), "10000", "--jugdir", jugdir]);
      times.push(performance.now() - start);
      assert.equal(code, 0);
      assert.match(stdout, /^many\.same\s+0\s+0\s+10000\s+0$/m);
    }
    assert(Math.min(...times) < 1000, `took ${times.map(Math.round)} ms`);
  }));
