import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Backend } from "../../backends/backend.ts";
import { openBackend } from "../../backends/open.ts";
import { isJugError } from "../../core/errors.ts";
import { backendContract, type BackendFixture } from "./backend_contract.ts";
import { openBackend as openOld } from "../support/backend_0_1.ts";
import { runJug } from "../support/run_jug.ts";
import { withTempDir } from "../support/temp_dir.ts";

const page = fileURLToPath(new URL("../../docs/write-a-backend.md", import.meta.url));
const config = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** All code blocks of the page. */
const code = [...Deno.readTextFileSync(page).matchAll(/^```ts\n(.*?)^```$/gms)].map((block) => block[1]).join("\n");

/** Opens the backend of the page. It is imported from a file that no longer exists when the tests run. */
type Open = (path: string, options: unknown, clock: () => number) => Backend;

const { openBackend: openJson }: { openBackend: Open } = await withTempDir(async (folder) => {
  await Deno.writeTextFile(`${folder}/json_backend.ts`, code);
  return await import(`file://${folder}/json_backend.ts`);
});

function jsonFixture(openBackend: Open): Promise<BackendFixture> {
  const folder = Deno.makeTempDirSync({ prefix: "jug_test_" });
  let now = 0;
  const open = () => openBackend(`${folder}/store.json`, {}, () => now);
  return Promise.resolve({
    open: () => Promise.resolve(open()),
    passTime(ms) {
      now += ms;
      return Promise.resolve();
    },
    async claimAndDie(owner, hashes) {
      const store = open();
      // Its lease has already expired.
      await store.join({ ...owner, leaseMs: -1 });
      await store.claim(hashes, { owner, thread: 0 });
    },
    dispose: () => Deno.remove(folder, { recursive: true }),
  });
}

backendContract("the backend of docs/write-a-backend.md", () => jsonFixture(openJson));
backendContract("a backend written for 0.1", () => jsonFixture(openOld));

Deno.test("the code of docs/write-a-backend.md has fewer than 100 lines, and passes the type checker", async () => {
  assert(code.split("\n").filter((line) => line !== "").length < 100);
  await withTempDir(async (folder) => {
    await Deno.writeTextFile(`${folder}/json_backend.ts`, code);
    const args = ["check", "--quiet", "--config", config, `${folder}/json_backend.ts`];
    const { success, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
    assert(success, new TextDecoder().decode(stderr));
  });
});

Deno.test("a user-defined backend is found by its address, in every thread and command", async () => {
  await withTempDir(async (folder) => {
    await Deno.writeTextFile(`${folder}/json_backend.ts`, code);
    await Deno.writeTextFile(
      `${folder}/tens.ts`,
      `import { TaskGenerator } from "jug";
       const ten = TaskGenerator(function ten(n: number) { return n * 10; });
       export const tens = Array.from({ length: 30 }, (_, n) => ten(n));`,
    );
    const jugdir = ["--jugdir", "module:./json_backend.ts#store.json"];
    const run = await runJug(["execute", "tens.ts", "--workers", "2", ...jugdir], { cwd: folder });
    assert.equal(run.code, 0, run.stderr);
    const status = await runJug(["status", "tens.ts", ...jugdir], { cwd: folder });
    assert.match(status.stdout, /^tens\.ten\s+0\s+0\s+30\s+0$/m);
    const copy = await runJug(["copy", "module:./json_backend.ts#store.json", "sqlite:tens.jugdb"], { cwd: folder });
    assert.match(copy.stdout, /^30 copied, 0 were there already/, copy.stderr);
  });
});

Deno.test("a backend that was written for 0.1 still works", async () => {
  await withTempDir(async (folder) => {
    await Deno.copyFile(new URL("../support/backend_0_1.ts", import.meta.url), `${folder}/mine.ts`);
    await Deno.writeTextFile(
      `${folder}/tens.ts`,
      `import { TaskGenerator } from "jug";
       const ten = TaskGenerator(function ten(n: number) {
         if (n === 3) throw new Error("three");
         return n * 10;
       });
       export const tens = Array.from({ length: 9 }, (_, n) => ten(n));`,
    );
    const jug = (...args: string[]) => runJug([...args, "--jugdir", "module:./mine.ts#store.json"], { cwd: folder });
    const run = await jug("execute", "tens.ts", "--keep-going", "--keep-failed");
    assert.equal(run.code, 1, run.stderr);
    assert.match(run.stdout, /^tens\.ten\s+8\s+0\b/m);
    assert.match((await jug("failures", "tens.ts")).stdout, /Error: three/);
    assert.match((await jug("retry", "tens.ts")).stdout, /^tens\.ten\s+1$/m);
    // These commands read the heads of results and ask for the table of codes.
    assert.match((await jug("cleanup", "tens.ts")).stdout, /Removed 0 unused results/);
    await Deno.writeTextFile(
      `${folder}/tens.ts`,
      (await Deno.readTextFile(`${folder}/tens.ts`)).replace("* 10", "* 5"),
    );
    const status = await jug("status", "tens.ts");
    assert.match(status.stdout, /^tens\.ten\s+0\s+1\s+8\s+0$/m, status.stderr);
    assert.match((await jug("invalidate", "tens.ts", "--target", "ten")).stdout, /^tens\.ten\s+8$/m);
  });
});

Deno.test("a module that is missing or exports no backend is refused, without the text after the #", async () => {
  await withTempDir(async (folder) => {
    await Deno.writeTextFile(`${folder}/none.ts`, "export const nothing = 1;");
    await Deno.writeTextFile(`${folder}/half.ts`, "export const openBackend = () => ({ address: '', has() {} });");
    const refusals = {
      missing: /cannot be loaded/,
      none: /does not export a function openBackend/,
      half: /join, list, load/,
    };
    for (const [name, words] of Object.entries(refusals)) {
      await assert.rejects(openBackend(`module:${folder}/${name}.ts#secret`), (error) => {
        assert(isJugError(error) && error.kind === "usage" && error.remedy !== undefined);
        assert.match(error.message, words);
        assert(!error.message.includes("secret"));
        return true;
      });
    }
  });
});
