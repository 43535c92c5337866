import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { runJug } from "./support/run_jug.ts";
import { withTempDir } from "./support/temp_dir.ts";

const PRIMES = fileURLToPath(new URL("../examples/primes.ts", import.meta.url));

Deno.test("`execute` and `status` work with --allow-read and --allow-write=primes.jugdata alone", async () => {
  await withTempDir(async (cwd) => {
    const permissions = ["--allow-read", "--allow-write=primes.jugdata"];
    const run = await runJug(["execute", PRIMES, "10"], { cwd, permissions });
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /^primes\.isPrime\s+99\s+0$/m);
    assert.doesNotMatch(run.stderr, /^jug: /m);
    assert.deepEqual([...Deno.readDirSync(cwd)].map(({ name }) => name), ["primes.jugdata"]);

    const status = await runJug(["status", PRIMES, "10"], { cwd, permissions: ["--allow-read"] });
    assert.equal(status.code, 0, status.stderr);
    assert.match(status.stdout, /^primes\.isPrime\s+0\s+0\s+99\s+0$/m);
  });
});

Deno.test("`execute` with two workers works with those permissions too", async () => {
  await withTempDir(async (cwd) => {
    const permissions = ["--allow-read", "--allow-write=primes.jugdata"];
    const run = await runJug(["execute", PRIMES, "5", "--workers", "2"], { cwd, permissions });
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /^Total:\s+99\s+0$/m);
  });
});

const missing: readonly { permissions: readonly string[]; flag: RegExp }[] = [
  { permissions: [], flag: /--allow-read/ },
  { permissions: ["--allow-write=primes.jugdata"], flag: /--allow-read/ },
  { permissions: ["--allow-read"], flag: /--allow-write=primes\.jugdata/ },
  { permissions: ["--allow-read", "--allow-write=elsewhere"], flag: /--allow-write=primes\.jugdata/ },
];

for (const { permissions, flag } of missing) {
  Deno.test(`\`execute\` with ${permissions.join(" ") || "no permission"} is refused in a line that names the flag`, async () => {
    await withTempDir(async (cwd) => {
      const { code, stdout, stderr } = await runJug(["execute", PRIMES, "10"], { cwd, permissions });
      assert.notEqual(code, 0);
      assert.equal(stdout, "");
      // The dot matches no line end: this is all there is.
      assert.match(stderr, /^jug: .+\n$/);
      assert.match(stderr, flag);
      assert.deepEqual([...Deno.readDirSync(cwd)], []);
    });
  });
}
