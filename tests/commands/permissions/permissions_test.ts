import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { runJug } from "../../support/run_jug.ts";
import { withTempDir } from "../../support/temp_dir.ts";

const EXAMPLE = fileURLToPath(new URL("../../../examples/primes.ts", import.meta.url));
const PRIMES = "examples/primes.ts";
const JUGDIR = "examples/primes.jugdata";

/** Calls `use` with a folder that holds the primes example at the same path as a checkout. */
function withPrimes(use: (cwd: string) => Promise<void>): Promise<void> {
  return withTempDir(async (cwd) => {
    Deno.mkdirSync(`${cwd}/examples`);
    Deno.copyFileSync(EXAMPLE, `${cwd}/${PRIMES}`);
    await use(cwd);
  });
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("`execute` and `status` work with only --allow-read and --allow-write=examples/primes.jugdata", async () => {
  await withPrimes(async (cwd) => {
    const permissions = ["--allow-read", `--allow-write=${JUGDIR}`];
    const run = await runJug(["execute", PRIMES, "10"], { cwd, permissions });
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /^primes\.isPrime\s+99\s+0\b/m);
    assert.doesNotMatch(run.stderr, /^jug: /m);
    assert.deepEqual([namesIn(cwd), namesIn(`${cwd}/examples`)], [["examples"], ["primes.jugdata", "primes.ts"]]);

    const status = await runJug(["status", PRIMES, "10"], { cwd, permissions: ["--allow-read"] });
    assert.equal(status.code, 0, status.stderr);
    assert.match(status.stdout, /^primes\.isPrime\s+0\s+0\s+99\s+0$/m);
  });
});

Deno.test("`execute` with two workers works with the same permissions", async () => {
  await withPrimes(async (cwd) => {
    const permissions = ["--allow-read", `--allow-write=${JUGDIR}`];
    const run = await runJug(["execute", PRIMES, "5", "--workers", "2"], { cwd, permissions });
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /^Total:\s+99\s+0\b/m);
  });
});

const missing: readonly { permissions: readonly string[]; flag: RegExp }[] = [
  { permissions: [], flag: /--allow-read/ },
  { permissions: [`--allow-write=${JUGDIR}`], flag: /--allow-read/ },
  { permissions: ["--allow-read"], flag: /--allow-write=examples\/primes\.jugdata/ },
  { permissions: ["--allow-read", "--allow-write=elsewhere"], flag: /--allow-write=examples\/primes\.jugdata/ },
];

for (const { permissions, flag } of missing) {
  Deno.test(`\`execute\` with ${permissions.join(" ") || "no permission"} is refused in one line that names the flag`, async () => {
    await withPrimes(async (cwd) => {
      const { code, stdout, stderr } = await runJug(["execute", PRIMES, "10"], { cwd, permissions });
      assert.notEqual(code, 0);
      assert.equal(stdout, "");
      // The dot matches no line break, so this is the only line.
      assert.match(stderr, /^jug: .+\n$/);
      assert.match(stderr, flag);
      assert.deepEqual([namesIn(cwd), namesIn(`${cwd}/examples`)], [["examples"], ["primes.ts"]]);
    });
  });
}
