/**
 * Measures how much faster two workers are than one on 200 tasks that only compute.
 *
 * ```sh
 * deno run -A bench/workers.ts [ROUNDS]     # default: 3; the machine should have two idle cores
 * ```
 *
 * @module
 */

const TASKS = 200;
const CLI = new URL("../cli.ts", import.meta.url).pathname;
const COMPUTE = new URL("./compute.ts", import.meta.url).pathname;

/** Returns the milliseconds from start to exit of `jug execute`. */
function execute(workers: number): number {
  const folder = Deno.makeTempDirSync({ prefix: "jug-bench-" });
  try {
    const start = performance.now();
    const { success, stderr } = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        CLI,
        "execute",
        COMPUTE,
        String(TASKS),
        "--workers",
        String(workers),
        "--jugdir",
        `${folder}/j`,
      ],
      stdout: "null",
      stderr: "piped",
    }).outputSync();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return performance.now() - start;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Returns the speed-up that the machine allows: the same computation in two processes at once, compared with one. */
async function idealRatio(): Promise<number> {
  const alone = () =>
    new Deno.Command(Deno.execPath(), { args: ["run", "-A", COMPUTE, "alone"], stdout: "null" }).spawn().status;
  const start = performance.now();
  await alone();
  const one = performance.now() - start;
  const middle = performance.now();
  await Promise.all([alone(), alone()]);
  return 2 * one / (performance.now() - middle);
}

const rounds = Number(Deno.args[0] ?? 3);
console.log(`${TASKS} tasks of pure computing on ${navigator.hardwareConcurrency} cores`);
const ratios: number[] = [];
for (let round = 0; round < rounds; round++) {
  const [one, two] = [execute(1), execute(2)];
  ratios.push(one / two);
  const ideal = await idealRatio();
  console.log(
    `1 worker ${(one / 1000).toFixed(2)} s, 2 workers ${(two / 1000).toFixed(2)} s: ${
      (one / two).toFixed(2)
    } times as ` +
      `fast (two processes that need nothing of each other: ${ideal.toFixed(2)})`,
  );
}
console.log(`median: ${ratios.sort((a, b) => a - b)[Math.floor(rounds / 2)]?.toFixed(2)} times as fast`);
