import assert from "node:assert/strict";
import { CachedFunction, TaskGenerator, timedPath, value } from "jug";
import { executeAll, inSession } from "../../support/in_session.ts";
import { withProject } from "../../support/project.ts";
import { withTempDir } from "../../support/temp_dir.ts";

Deno.test("CachedFunction runs a function at once, and returns the stored result from then on", async () => {
  await withTempDir(async (folder) => {
    let calls = 0;
    const once = () =>
      inSession(async () => {
        const numbers = await CachedFunction(
          async function numbers(from: number, list: Float64Array) {
            calls++;
            return await Promise.resolve(list.map((n) => n + from));
          },
          10,
          Float64Array.of(1, 2),
        );
        assert.deepEqual(numbers, Float64Array.of(11, 12));
        const doubled = TaskGenerator(function doubled(ns: Float64Array) {
          return ns.length * 2;
        })(numbers);
        await executeAll();
        assert.equal(await doubled.value(), 4);
      }, folder);
    await once();
    await once();
    assert.equal(calls, 1);
  });
});

Deno.test("CachedFunction refuses an unfinished task as argument, and a function without a name", async () => {
  await inSession(async () => {
    const one = TaskGenerator(function one() {
      return 1;
    });
    function next(n: number) {
      return n + 1;
    }
    await assert.rejects(
      CachedFunction(next, one()),
      /next cannot run now: cached_function_test\.one, which it needs, has no result/,
    );
    await assert.rejects(CachedFunction((n: number) => n, 1), /CachedFunction was given a function without a name/);
    await executeAll();
    assert.equal(await CachedFunction(next, one()), 2);
  });
});

Deno.test("functions that the jugfile needs to load are run once, by any subcommand, whatever --target says", async () => {
  await withProject({
    "files.ts": `import { CachedFunction, cachedGlob, TaskGenerator } from "jug";
function names() { Deno.writeTextFileSync("log.txt", "names\\n", { append: true }); return ["x", "y"]; }
const size = TaskGenerator(async function size(path: string) { return (await Deno.readTextFile(path)).length; });
const hello = TaskGenerator(function hello(name: string) { return name; });
export const sizes = (await cachedGlob("data/**/*.txt")).map(size);
export const hellos = (await CachedFunction(names)).map(hello);
`,
  }, async ({ folder, jug, results }) => {
    Deno.mkdirSync(`${folder}/data/deep`, { recursive: true });
    for (const name of ["b", "a", "deep/c", "B"]) Deno.writeTextFileSync(`${folder}/data/${name}.txt`, name);
    // The jugdir is new, so four workers of two processes need both functions at the same time.
    const runs = await Promise.all([1, 2].map(() => jug("execute files.ts --workers 2 --target hello")));
    for (const { code, stderr } of runs) assert.equal(code, 0, stderr);
    assert.equal(Deno.readTextFileSync(`${folder}/log.txt`), "names\n");
    const found = results("files.jugdata").find(({ name }) => name === "jug.cachedGlob");
    assert.deepEqual(found?.value, ["data/B.txt", "data/a.txt", "data/b.txt", "data/deep/c.txt"]);
    Deno.writeTextFileSync(`${folder}/data/new.txt`, "later");
    assert.match((await jug("status files.ts")).stdout, /^files\.size +0 +4 +0 +0$/m);
    await jug("invalidate files.ts --target cachedGlob");
    assert.match((await jug("status files.ts")).stdout, /^files\.size +0 +5 +0 +0$/m);
  });
});

Deno.test("timedPath makes another task when the file's size or time changes, and the function gets the path", async () => {
  await withTempDir(async (folder) => {
    await inSession(async () => {
      const path = `${folder}/input.txt`;
      const read = TaskGenerator(function read(path: string) {
        return [path, Deno.readTextFileSync(path)];
      });
      Deno.writeTextFileSync(path, "one");
      Deno.utimeSync(path, 1000, 1000);
      const first = read(timedPath(path));
      assert.equal(first, read(timedPath(path)));
      Deno.utimeSync(path, 1001, 1001);
      const touched = read(timedPath(path));
      Deno.writeTextFileSync(path, "three");
      Deno.utimeSync(path, 1000, 1000);
      const longer = read(timedPath(path));
      assert.equal(new Set([first, touched, longer, read(path)].map(({ hash }) => hash)).size, 4);
      await executeAll();
      assert.deepEqual(await value(longer), [path, "three"]);
      assert.throws(
        () => timedPath(`${folder}/none.txt`),
        /timedPath: there is no file .*none\.txt\n {2}Pass the path/,
      );
    });
  });
});
