import assert from "node:assert/strict";
import { compiledLoaderFault, readsTypeScript } from "../../engine/load/compiled_loader.ts";
import { leftoversIn, locksIn, NOTHING } from "../support/campaign/left_behind.ts";
import { canCompile, compileJug, compilePair, resultOf, startProgram } from "../support/compiled.ts";
import { until } from "../support/file/file_processes.ts";
import { hasRedis, startRedis } from "../support/redis/redis_server.ts";
import { checkControl } from "../support/run_control.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { hasTmux, withTerminal } from "../support/terminal/terminal.ts";

const PRIMES = `import { args, TaskGenerator } from "jug";
const isPrime = TaskGenerator(async function isPrime(n) {
  await new Promise((resolve) => setTimeout(resolve, Number(args[0] ?? 0)));
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return true;
});
export const primes = Array.from({ length: 99 }, (_, index) => index + 2).map(isPrime);
`;

const BARRIER = `${PRIMES}
import { barrier, value } from "jug";
await barrier();
export const count = TaskGenerator(function count(n) { return n; })((await value(primes)).filter(Boolean).length);
`;

const FAILING = `import { TaskGenerator } from "jug";
export const bad = TaskGenerator(function bad() { throw new RangeError("no such number"); })();
`;

const SLOW = `import { TaskGenerator } from "jug";
export const slow = TaskGenerator(function slow() { return new Promise(() => setTimeout(() => {}, 1e6)); })();
`;

Deno.test({
  name: "a compiled program does everything that jug does, without any trace of Deno in folder and environment",
  ignore: !canCompile,
  fn: (t) =>
    withTempDir(async (folder) => {
      const pair = await compilePair();
      const printed = await compileJug(pair, folder);
      assert.match(printed, /jug: \d+ MB, starts in \d+ ms\n$/);
      const program = `${folder}/jug`;
      const start = (words: string) => startProgram(program, words.split(" "), folder);
      const jug = (words: string) => resultOf(start(words));
      const write = (name: string, text: string) => Deno.writeTextFileSync(`${folder}/${name}`, text);
      write("primes.js", PRIMES);
      const runsPrimes = async (jugdir: string) => {
        const run = await jug(`execute primes.js 1 --workers 2 --jugdir ${jugdir}`);
        assert.equal(run.code, 0, run.stderr);
        assert.match(run.stdout, /^primes\.isPrime +99 +0\b/m);
        const status = await jug(`status primes.js 1 --short --jugdir ${jugdir}`);
        assert.equal(status.stdout, "99 finished, 0 running, 0 ready, 0 waiting\n");
      };

      await t.step("two workers share the primes in a folder", () => runsPrimes("primes.jugdata"));
      await t.step("two workers share the primes in a database", () => runsPrimes("sqlite:primes.jugdb"));
      await t.step({
        name: "two workers share the primes in Redis",
        ignore: !hasRedis,
        fn: async () => {
          await using server = await startRedis();
          await runsPrimes(server.address);
        },
      });
      await t.step("a barrier opens, and value and shell -e show results", async () => {
        write("barrier.js", BARRIER);
        const run = await jug("execute barrier.js");
        assert.equal(run.code, 0, run.stderr);
        assert.match(run.stdout, /^barrier\.count +1 +0\b/m);
        assert.equal((await jug("value barrier.js count")).stdout, "25\n");
        const shell = await resultOf(
          startProgram(program, ["shell", "barrier.js", "-e", "value(count)"], folder),
        );
        assert.deepEqual([shell.code, shell.stdout.trim()], [0, "25"], shell.stderr);
      });
      await t.step({
        name: "the shell evaluates inputs in another process of the program, and a process that loops is ended",
        ignore: !hasTmux,
        fn: () =>
          withTerminal(
            [program, "shell", "primes.js"],
            { cwd: folder, env: { XDG_STATE_HOME: folder } },
            async (shell) => {
              const enter = async (input: string, shows: RegExp) => {
                await shell.type(input);
                await shell.press("Enter");
                await shell.shows(shows);
              };
              await shell.shows(/^jug> *$/m);
              await enter(`const mine = ${shell.pid}; mine === Deno.pid`, /^false$/m);
              await enter("console.log('begun'); for (;;) {}", /^begun$/m);
              await shell.press("C-c");
              await shell.shows(/so its process was ended\n.* are lost\njug>$/m);
              await enter("[typeof mine, primes.length]", /^\[ "undefined", 99 \]$/m);
              await shell.type("Deno.exit(3)");
              await shell.press("Enter");
              assert.equal(await shell.ended(), 3);
            },
          ),
      });
      await t.step("stale compares the modules of a jugfile on disk", async () => {
        write(
          "halves.js",
          `import { TaskGenerator } from "jug";\nimport { half } from "./half.js";\n` +
            `export const one = TaskGenerator(function one() { return half(2); })();\n`,
        );
        write("half.js", "export const half = (n) => n / 2;\n");
        assert.equal((await jug("execute halves.js")).code, 0);
        assert.match((await jug("stale halves.js")).stdout, /^halves\.one +1 {2}current$/m);
        write("half.js", "export const half = (n) => 0.5 * n;\n");
        const { stdout, stderr } = await jug("stale halves.js");
        assert.match(stdout, /^halves\.one +1 {2}stale\n {2}half\.js: half, through halves\.js\n/m, stderr);
      });
      await t.step("a failing task is shown with the frame of user code", async () => {
        write("failing.js", FAILING);
        const { code, stderr } = await jug("execute failing.js");
        assert.equal(code, 1);
        assert.match(
          stderr,
          /^jug: failing\.bad\(\) failed\n {2}RangeError: no such number\n {4}at bad \(file:.*failing\.js:2:/m,
        );
      });
      await t.step("SIGTERM leaves no lock behind", async () => {
        write("slow.js", SLOW);
        const child = start("execute slow.js --grace 1s");
        const jugdir = `${folder}/slow.jugdata`;
        await until("the task to be locked", async () => (await locksIn(jugdir)).length > 0 || undefined);
        child.kill("SIGTERM");
        assert.equal((await resultOf(child)).code, 75);
        assert.deepEqual(await leftoversIn(jugdir), NOTHING);
      });
      await t.step("every option of a run and every subcommand works as in deno run", (t) =>
        withTempDir((folder) =>
          checkControl(t, { command: [program], folder, env: { HOME: folder }, library: "jug" })
        ));
      await t.step(
        "jug permissions prints what jug itself needs, and does not claim to have observed the program",
        async () => {
          const { code, stdout, stderr } = await jug("permissions primes.js");
          assert.equal(stdout, "--allow-read=primes.js,primes.jugdata --allow-write=primes.jugdata\n", stderr);
          assert.equal(code, 0);
          assert.match(stderr, /a compiled program cannot observe itself/);
          const observed = await jug("permissions primes.js --observe");
          assert.deepEqual([observed.code, observed.stdout], [2, ""]);
          assert.match(observed.stderr, /'--observe' cannot be used in a compiled program/);
        },
      );
      await t.step("jug demo makes a jugfile that runs", async () => {
        const made = await jug("demo made");
        const file = /^Created (primes\.[jt]s) in made; run there: jug execute \1\n$/.exec(made.stdout)?.[1];
        assert.ok(file, made.stdout + made.stderr);
        assert.match((await jug(`count made/${file}`)).stdout, /^primes\.isPrime +99$/m);
      });
      await t.step("jug install-skills copies the skill", async () => {
        const { code, stderr } = await jug("install-skills --output skills");
        assert.equal(code, 0, stderr);
        assert.match(Deno.readTextFileSync(`${folder}/skills/jug/SKILL.md`), /^---\nname: jug\n/);
      });
      await t.step(
        "TypeScript is read from disk if Deno can; otherwise the error says what to do",
        async () => {
          write("typed.ts", "export const n: number = 1;\n");
          const { code, stderr } = await jug("count typed.ts");
          const version = /deno (\S+)/.exec((await resultOf(startProgram(pair.deno, ["--version"], folder))).stdout)
            ?.[1];
          if (readsTypeScript({ isCompiled: true, deno: version ?? "" })) assert.equal(code, 0, stderr);
          else {
            assert.equal(code, 3);
            assert.match(
              stderr,
              /^jug: typed\.ts could not be loaded\n {2}.* cannot read TypeScript: file:.*typed\.ts\n {2}.*2\.8\.2/,
            );
          }
        },
      );
      await t.step("the error for an import by URL names the specifier that works", async () => {
        write("far.js", `import { TaskGenerator } from "http://127.0.0.1:9/mod.ts";\n`);
        const { code, stderr } = await jug("count far.js");
        assert.equal(code, 3);
        assert.match(stderr, /cannot fetch modules: http:\/\/127\.0\.0\.1:9\/mod\.ts\n {2}Write import … from "jug"/);
      });
    }),
});

Deno.test({
  name: "a restricted program may write in its folder, and other accesses are refused in one line",
  ignore: !canCompile,
  fn: () =>
    withTempDir(async (folder) => {
      await compileJug(await compilePair(), folder, "--only", "file");
      Deno.mkdirSync(`${folder}/work`);
      Deno.writeTextFileSync(`${folder}/work/primes.js`, PRIMES);
      const jug = (jugdir: string, ...options: string[]) => {
        const words = ["execute", "primes.js", "--jugdir", jugdir, ...options];
        return resultOf(startProgram(`${folder}/jug-file`, words, `${folder}/work`));
      };
      assert.equal((await jug("primes.jugdata")).code, 0);
      const outside = await jug(`${folder}/elsewhere`);
      assert.equal(outside.code, 1);
      assert.equal(
        outside.stderr,
        `jug: jugdir "${folder}/elsewhere": this program was compiled without write access to "${folder}/elsewhere": ` +
          `use one compiled with --allow-write=${folder}/elsewhere\n`,
      );
      const isolated = await jug("isolated.jugdata", "--isolate");
      assert.equal(isolated.code, 2);
      assert.match(
        isolated.stderr,
        /^jug: --isolate starts .*\n {2}Use a program that was compiled with --allow-run\n$/,
      );
      const network = await jug("redis://127.0.0.1:9");
      assert.equal(network.code, 1);
      assert.match(
        network.stderr,
        /^jug: jugdir "redis:.*": this program was compiled without net access to "127\.0\.0\.1:9".*\n$/,
      );
    }),
});

Deno.test({
  name: "a failed compilation says what to do, and a program that is not jug is rejected",
  ignore: !canCompile,
  fn: () =>
    withTempDir(async (folder) => {
      const jug = { deno: Deno.execPath(), denort: `${folder}/missing` };
      await assert.rejects(compileJug(jug, folder), /compile: .*\/jug could not be built, .*\n {2}.* DENORT_BIN=FILE/);
      await assert.rejects(compileJug(jug, folder, "--all"), /DENORT_BIN names the base program of one platform/);
      await assert.rejects(
        compileJug(jug, folder, "--only", "sqlite"),
        /compile: --only takes file or redis, not sqlite\n$/,
      );
      await assert.rejects(
        compileJug({ ...jug, denort: jug.deno }, folder),
        /\/jug is not jug: DENORT_BIN does not name a base/,
      );
    }),
});

Deno.test("a compiled program can read TypeScript since Deno 2.8.2; deno run always can", () => {
  const reads = (deno: string) => readsTypeScript({ isCompiled: true, deno });
  assert.deepEqual(["2.7.11", "2.8.1", "2.8.2", "2.9.6", "3.0.0-rc.1"].map(reads), [false, false, true, true, true]);
  assert.equal(readsTypeScript({ isCompiled: false, deno: "2.7.11" }), true);
});

Deno.test("a syntax error in the jugfile is not blamed on the compiled program", () => {
  const error = { name: "SyntaxError", message: "Unexpected token ':' at file:///a/primes.ts:1:2" };
  assert.equal(compiledLoaderFault(error, { isCompiled: true, deno: "2.9.6" }), undefined);
  assert.equal(compiledLoaderFault(error, { isCompiled: false, deno: "2.7.11" }), undefined);
  const inJs = { name: "SyntaxError", message: "Unexpected token ':' at file:///a/primes.js:1:2" };
  assert.equal(compiledLoaderFault(inJs, { isCompiled: true, deno: "2.7.11" }), undefined);
});
