import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { isLong } from "../support/campaign/campaign.ts";
import { checkControl } from "../support/run_control.ts";
import type { RunResult } from "../support/run_jug.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { serveCheckout } from "../support/web_server.ts";

/** Returns a jugfile that imports the library from this address. */
function primesFrom(library: string): string {
  return `import { barrier, TaskGenerator, value } from "${library}mod.ts";
const isPrime = TaskGenerator(function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return true;
});
const primes = Array.from({ length: 20 }, (_, index) => index + 2).map(isPrime);
await barrier();
export const count = TaskGenerator(function count(n: number) { return n; })((await value(primes)).filter(Boolean).length);
`;
}

/** Runs Deno in `cwd`, with the cache folder `cache`. */
async function deno(cwd: string, cache: string, ...args: string[]): Promise<RunResult> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    env: { DENO_DIR: cache, NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

const RUN = ["run", "-A", "--no-prompt", "--quiet"];

Deno.test("cli.ts and a jugfile run by URL in an empty folder with an empty cache, and then without the server", () =>
  withTempDir((cache) =>
    withTempDir(async (cwd) => {
      const server = serveCheckout({ contentType: "text/plain" });
      const cli = `${server.address}cli.ts`;
      {
        await using _ = server;
        Deno.writeTextFileSync(`${cwd}/primes.ts`, primesFrom(server.address));
        const first = await deno(cwd, cache, ...RUN, cli, "execute", "primes.ts", "--workers", "2");
        assert.equal(first.code, 0, first.stderr);
        assert.match(first.stdout, /^Total: +21 +0\b/m);
        assert.ok(server.asked.includes("/engine/worker/worker_thread.ts"), "threads load their code from the server");
        assert.deepEqual([...Deno.readDirSync(cwd)].map(({ name }) => name).sort(), ["primes.jugdata", "primes.ts"]);
        // These commands fetch further modules, so that they are in the cache too.
        assert.equal((await deno(cwd, cache, ...RUN, cli, "value", "primes.ts", "count")).stdout, "8\n");
        const skill = await deno(cwd, cache, ...RUN, cli, "install-skills", "--output", `${cache}/skills`);
        assert.equal(skill.code, 0, skill.stderr);
        assert.match(Deno.readTextFileSync(`${cache}/skills/jug/SKILL.md`), /^---\nname: jug\n/);
        const flags = await deno(cwd, cache, ...RUN, cli, "permissions", "primes.ts");
        assert.equal(
          flags.stdout,
          "--allow-read=primes.jugdata,primes.ts --allow-write=primes.jugdata\n",
          flags.stderr,
        );
      }
      const again = await deno(cwd, cache, ...RUN, cli, "execute", "primes.ts", "--jugdir", "again", "--workers", "2");
      assert.equal(again.code, 0, again.stderr);
      assert.match(again.stdout, /^Total: +21 +0\b/m);
      const narrow = ["--allow-read=again,primes.ts", "--allow-write=again"];
      const sandboxed = await deno(
        cwd,
        cache,
        "run",
        "--quiet",
        ...narrow,
        cli,
        "execute",
        "primes.ts",
        "--jugdir",
        "again",
      );
      assert.equal(sandboxed.code, 0, sandboxed.stderr);
      const value = await deno(cwd, cache, ...RUN, cli, "value", "primes.ts", "count", "--jugdir", "again");
      assert.equal(value.stdout, "8\n", value.stderr);
    })
  ));

/** Returns a script that declares tasks itself and opens another jugfile. */
function scriptFrom(library: string): string {
  return `import { execute, openSession, setJugdir, TaskGenerator, value } from "${library}mod.ts";
await using session = await openSession({ jugfile: "primes.ts", jugdir: "memory:" });
const { executed } = await session.execute({ workers: 2 });
const twice = TaskGenerator(function twice(n: number) { return 2 * n; });
const doubled = twice(executed);
setJugdir("script.jugdata");
await execute();
console.log(await session.value("count"), await value(doubled));
`;
}

Deno.test({
  name: "by URL, every option of a run and every subcommand works as in a checkout, also without the server",
  ignore: !isLong,
  fn: (t) =>
    withTempDir(async (cache) => {
      const server = serveCheckout({ contentType: "text/plain" });
      const check = (isBrief: boolean) => (t: Deno.TestContext) =>
        withTempDir(async (folder) => {
          const command = [Deno.execPath(), ...RUN, `${server.address}cli.ts`];
          const env = { ...Deno.env.toObject(), DENO_DIR: cache };
          await checkControl(t, { command, folder, env, library: `${server.address}mod.ts` }, isBrief);
          Deno.writeTextFileSync(`${folder}/primes.ts`, primesFrom(server.address));
          Deno.writeTextFileSync(`${folder}/script.ts`, scriptFrom(server.address));
          const script = await deno(folder, cache, ...RUN, "script.ts");
          assert.deepEqual([script.code, script.stdout], [0, "8 42\n"], script.stderr);
        });
      {
        await using _ = server;
        await t.step("with an empty cache", check(false));
      }
      await t.step("without the server, everything that starts modules of its own", check(true));
    }),
});

/** One cache for all tests below. Each server has an address of its own, so only npm packages are reused. */
const cache = Deno.makeTempDirSync({ prefix: "jug_test_" });
Deno.test.afterAll(() => Deno.removeSync(cache, { recursive: true }));

for (
  const options of [
    { contentType: "text/typescript" },
    { contentType: "application/octet-stream" },
    { contentType: "video/mp2t" },
    { contentType: "text/javascript", isStripped: true },
  ]
) {
  Deno.test(`a server may serve .ts files as ${options.contentType}${options.isStripped ? ", with types removed" : ""}`, () =>
    withTempDir(async (cwd) => {
      await using server = serveCheckout(options);
      Deno.writeTextFileSync(`${cwd}/primes.ts`, primesFrom(server.address));
      const run = await deno(cwd, cache, ...RUN, `${server.address}cli.ts`, "execute", "primes.ts");
      assert.equal(run.code, 0, run.stderr);
      assert.match(run.stdout, /^Total: +21 +0\b/m);
    }));
}

for (const contentType of ["text/javascript", "text/html"]) {
  Deno.test(`if a server serves .ts files with types as ${contentType}, the error explains that in two lines`, () =>
    withTempDir(async (cwd) => {
      await using server = serveCheckout({ contentType });
      const { host } = new URL(server.address);
      const { code, stderr } = await deno(cwd, cache, ...RUN, `${server.address}cli.ts`, "--version");
      assert.equal(code, 1);
      assert.match(
        stderr,
        new RegExp(
          `^jug: ${host} does not serve \\.ts files as TypeScript\\n  Configure it to serve them as text\/typescript or text\/plain, and run again with --reload\\n$`,
        ),
      );
      Deno.writeTextFileSync(`${cwd}/primes.ts`, primesFrom(server.address));
      const cli = fileURLToPath(new URL("../../cli.ts", import.meta.url));
      const load = await deno(cwd, cache, ...RUN, cli, "count", "primes.ts");
      assert.equal(load.code, 3);
      assert.match(load.stderr, /^jug: primes\.ts could not be loaded\n/);
      assert.match(
        load.stderr,
        new RegExp(`\\n {2}If that file is valid TypeScript, http://${host} serves it as another type: .*\\n$`),
      );
    }));
}

interface Module {
  readonly specifier: string;
  readonly error?: string;
  readonly dependencies?: readonly { readonly specifier: string }[];
}

Deno.test("no module that mod.ts or cli.ts imports uses a bare name, an address or JSR", async () => {
  const root = new URL("../../", import.meta.url);
  for (const door of ["mod.ts", "cli.ts"]) {
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", door], cwd: root }).output();
    const graph: { modules: Module[] } = JSON.parse(new TextDecoder().decode(stdout));
    const own = graph.modules.filter(({ specifier }) => specifier.startsWith(root.href));
    assert.ok(own.length > 50, `${own.length} modules`);
    for (const { specifier, error, dependencies = [] } of own) {
      assert.equal(error, undefined);
      for (const { specifier: named } of dependencies) {
        assert.match(named, /^(\.{1,2}\/|node:|npm:(@[^/]+\/)?[^/@]+@\d+(\/|$))/, `${specifier} imports "${named}"`);
      }
    }
  }
});
