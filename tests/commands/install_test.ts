import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { DEMO_JUGFILE } from "../../commands/setup/demo.ts";
import { runJug, type RunResult } from "../support/run_jug.ts";
import { withTempDir } from "../support/temp_dir.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

async function run(program: string, args: readonly string[], cwd: string): Promise<RunResult> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args], cwd, env: { NO_COLOR: "1" } })
    .output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("`jug init` creates a folder that passes the type check and runs in a sandbox at once", () =>
  withTempDir(async (folder) => {
    const made = await runJug(["init", "first"], { cwd: folder });
    assert.equal(made.stdout, "Created jugfile.ts and deno.json in first; run there: deno task execute\n", made.stderr);
    const cwd = `${folder}/first`;
    const deno = (...args: string[]) => run(Deno.execPath(), args, cwd);
    const checked = await deno("check", ".");
    assert.equal(checked.code, 0, checked.stderr);
    const executed = await deno("task", "--quiet", "execute");
    assert.equal(executed.code, 0, executed.stderr);
    assert.match(executed.stdout, /^jugfile\.square +4 +0\b/m);
    assert.match(executed.stderr, /^the run took .*\n$/, "Deno prints no warnings");
    assert.equal((await deno("task", "--quiet", "jug", "value", "jugfile.ts", "sum")).stdout, "30\n");
    Deno.writeTextFileSync(`${cwd}/curious.ts`, 'import { TaskGenerator } from "jug";\nDeno.env.get("HOME");\n');
    const refused = await deno("task", "--quiet", "jug", "count", "curious.ts");
    assert.match(
      refused.stderr,
      /^jug: curious\.ts could not be loaded: Deno refuses env access to "HOME": add "HOME" to "env" in the permissions "jug" of deno\.json/m,
    );
    const flagged = await deno("run", "--no-prompt", "--allow-read", `${ROOT}/cli.ts`, "execute", "jugfile.ts");
    assert.match(flagged.stderr, /add the flag --allow-write=/, "the permission set is not used");
  }));

Deno.test("`jug init` overwrites nothing, and takes the library's location from --library", () =>
  withTempDir(async (cwd) => {
    Deno.writeTextFileSync(`${cwd}/deno.json`, "{}\n");
    const refused = await runJug(["init"], { cwd });
    assert.deepEqual([refused.code, refused.stdout], [2, ""]);
    assert.match(refused.stderr, /^jug: deno\.json already exists\n/);
    assert.deepEqual([...Deno.readDirSync(cwd)].map(({ name }) => name), ["deno.json"]);
    Deno.writeTextFileSync(`${cwd}/file`, "");
    for (const folder of ["file", "file/below", ...Deno.build.os === "linux" ? ["/proc/below"] : []]) {
      const { code, stderr } = await runJug(["init", folder], { cwd });
      assert.deepEqual([code, stderr.split("\n")[1]], [2, "  Name another folder, in which you may write"], stderr);
    }
    await runJug(["init", "far", "--library", "https://example.org/jug"], { cwd });
    const config = JSON.parse(Deno.readTextFileSync(`${cwd}/far/deno.json`));
    assert.deepEqual(config.imports, { jug: "https://example.org/jug/mod.ts" });
    assert.deepEqual(config.permissions.jug.read, ["."]);
    assert.match(config.tasks.status, / https:\/\/example\.org\/jug\/cli\.ts status jugfile\.ts$/);
  }));

Deno.test("`jug demo` creates the primes example", () =>
  withTempDir(async (cwd) => {
    assert.equal(DEMO_JUGFILE, Deno.readTextFileSync(`${ROOT}/examples/primes.ts`));
    const made = await runJug(["demo"], { cwd });
    assert.equal(made.code, 0, made.stderr);
    assert.equal(Deno.readTextFileSync(`${cwd}/jug-demo/primes.ts`), DEMO_JUGFILE);
    const executed = await run(Deno.execPath(), ["task", "--quiet", "execute", "1"], `${cwd}/jug-demo`);
    assert.match(executed.stdout, /^primes\.isPrime +99 +0\b/m, executed.stderr);
  }));

Deno.test("`deno install -g` installs a jug command that runs jugfiles in any folder", () =>
  withTempDir(async (folder) => {
    const flags = ["install", "--quiet", "-g", "-A", "-n", "jug", "--root", folder, "--config", "deno.json", "cli.ts"];
    const installed = await run(Deno.execPath(), flags, ROOT);
    assert.equal(installed.code, 0, installed.stderr);
    Deno.writeTextFileSync(`${folder}/primes.ts`, DEMO_JUGFILE);
    const executed = await run(`${folder}/bin/jug`, ["execute", "primes.ts", "1", "--workers", "2"], folder);
    assert.match(executed.stdout, /^primes\.isPrime +99 +0\b/m, executed.stderr);
  }));

Deno.test("the permission sets of deno.json are sufficient: -P=file with a folder", () =>
  withTempDir(async (folder) => {
    // The set allows writing only in the folder of deno.json, so this folder gets its own deno.json.
    const { permissions, imports } = JSON.parse(Deno.readTextFileSync(`${ROOT}/deno.json`));
    const config = { permissions, imports: { jug: `file://${ROOT}/${imports.jug}` } };
    Deno.writeTextFileSync(`${folder}/deno.json`, JSON.stringify(config));
    Deno.writeTextFileSync(`${folder}/primes.ts`, DEMO_JUGFILE);
    const jug = (set: string, ...args: string[]) =>
      run(
        Deno.execPath(),
        ["run", "--no-prompt", "--quiet", "--config", "deno.json", `-P=${set}`, `${ROOT}/cli.ts`, ...args],
        folder,
      );
    const executed = await jug("file", "execute", "primes.ts", "1");
    assert.match(executed.stdout, /^primes\.isPrime +99 +0\b/m, executed.stderr);
    const refused = await jug("redis", "execute", "primes.ts", "1", "--jugdir", "other");
    assert.match(
      refused.stderr,
      /^jug: jugdir "other": Deno refuses write access to "other": add "other" to "write" in the permissions "redis" of deno\.json$/m,
    );
  }));

Deno.test("the library's documentation can be built as HTML", () =>
  withTempDir(async (folder) => {
    const built = await run(Deno.execPath(), ["doc", "--html", `--output=${folder}/pages`, "mod.ts"], ROOT);
    assert.equal(built.code, 0, built.stderr);
    assert.ok([...Deno.readDirSync(`${folder}/pages`)].some(({ name }) => name === "index.html"));
  }));
