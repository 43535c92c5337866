import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { runJug } from "../support/run_jug.ts";
import { withProject } from "../support/project.ts";
import { withTempDir } from "../support/temp_dir.ts";

const HEAD = `import { CompoundTaskGenerator, mapreduce, TaskGenerator } from "jug";
const f = TaskGenerator(function f(n: number): number { return n; });
const g = TaskGenerator(function g(n: number, s: string): string { return n + s.length + s; });
`;
/** A jugfile with type errors that do not stop it from running: a missing argument, a wrong one, a task as a string. */
const WRONG = `${HEAD}
g(1);
f("2");
export const size: string = f(3);
`;

Deno.test("execute --check runs nothing of a jugfile with type errors, and shows where they are", async () => {
  const sources = { "wrong.ts": WRONG, "right.ts": `${HEAD}g(f(1), "s");` };
  await withProject(sources, async ({ jug, results, names }) => {
    const wrong = await jug("execute wrong.ts --check");
    assert.equal(wrong.code, 3, wrong.stderr);
    assert.match(wrong.stderr, /wrong\.ts:5:1[^]*wrong\.ts:6:3[^]*Found 3 errors/);
    assert.match(wrong.stderr, /^jug: wrong\.ts has type errors: nothing was run\n {2}Fix the errors above/m);
    assert.deepEqual(names("."), ["right.ts", "wrong.ts"]);
    const right = await jug("execute right.ts --check");
    assert.equal(right.code, 0, right.stderr);
    assert.equal(results("right.jugdata").length, 2);
  });
});

Deno.test("execute --check resolves imports like a run: by the folder's deno.json, in a subfolder too", async () => {
  const root = new URL("../..", import.meta.url).href;
  const config = JSON.stringify({ imports: { jug: `${root}mod.ts`, "#own": "./own.ts" } });
  const own = `export const limit: number = 1;`;
  const jugfile = `import { limit } from "#own";\n${HEAD}f(limit);`;
  await withProject({ "deno.json": config, "own.ts": own }, async ({ folder, write }) => {
    Deno.mkdirSync(`${folder}/sub`);
    write("sub/j.ts", jugfile);
    const run = async (...flags: string[]) => {
      const cli = fileURLToPath(new URL("../../cli.ts", import.meta.url));
      const args = ["run", "--no-prompt", "--quiet", ...flags, cli, "execute", "sub/j.ts", "--check"];
      const { code, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: folder }).output();
      return { code, stderr: new TextDecoder().decode(stderr) };
    };
    const all = await run("-A", "--config", "deno.json");
    assert.equal(all.code, 0, all.stderr);
    // Without -A, jug cannot see the flags that Deno was started with.
    const some = ["--allow-read", "--allow-write=.", `--allow-run=${Deno.execPath()}`];
    const narrow = await run(...some, "--config", "deno.json");
    assert.equal(narrow.code, 0, narrow.stderr);
    const none = await run("--allow-read", "--allow-write=.", "--config", "deno.json");
    assert.equal(none.code, 2);
    assert.match(none.stderr, /^jug: --check runs `deno check`, which Deno refuses\n {2}Add the flag --allow-run=/);
  });
});

Deno.test("in a folder created by `jug init`, `deno task execute` checks types first", () =>
  withTempDir(async (folder) => {
    await runJug(["init", "first"], { cwd: folder });
    const cwd = `${folder}/first`;
    Deno.writeTextFileSync(`${cwd}/jugfile.ts`, WRONG);
    const run = (...args: string[]) =>
      new Deno.Command(Deno.execPath(), { args, cwd, env: { NO_COLOR: "1" } }).output();
    for (const task of ["check", "execute"]) {
      const { code, stderr } = await run("task", task);
      assert.notEqual(code, 0);
      assert.match(new TextDecoder().decode(stderr), /Found 3 errors/, task);
    }
    assert.deepEqual([...Deno.readDirSync(cwd)].map(({ name }) => name).sort(), ["deno.json", "jugfile.ts"]);
  }));

Deno.test("--debug notes the first call of each function with fewer arguments than parameters", async () => {
  const source = `${HEAD}
const c = CompoundTaskGenerator(function c(n: number, m: number) { return [f(n), f(m ?? 7)]; });
const d = TaskGenerator(function d(n: number, more = 1) { return n + more; });
const call = (fn: unknown, ...args: unknown[]) => Reflect.apply(fn as never, undefined, args);
call(g, 1);
call(g, 2);
call(c, 1);
g(3, "s");
d(1);
export const all = [mapreduce.map(f.f, [1, 2]), mapreduce(function add(a: number, b: number) { return a + b; }, f.f, [1])];
`;
  await withProject({ "few.ts": source.replaceAll("s.length", '(s ?? "").length') }, async ({ jug }) => {
    const { code, stderr } = await jug("execute few.ts --debug --workers 2");
    assert.equal(code, 0, stderr);
    const notes = stderr.split("\n").filter((line) => line.includes("takes")).sort();
    assert.deepEqual(notes, [
      "few.c(1) passes 1 argument, but its function takes 2: the missing ones are undefined",
      "few.g(1) passes 1 argument, but its function takes 2: the missing ones are undefined",
    ]);
    assert.doesNotMatch((await jug("execute few.ts --jugdir other")).stderr, /takes/);
  });
});
