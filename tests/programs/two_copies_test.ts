import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { withProject } from "../support/project.ts";
import { serveCheckout } from "../support/web_server.ts";

const BY_PATH = fileURLToPath(new URL("../../mod.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** Returns a jugfile that uses several copies of the library. Each task takes the result of a task of another copy. */
function jugfile(byUrl: string, byPath: string): string {
  return `import { args, TaskGenerator, value } from "jug";
import * as far from "${byUrl}";
import * as near from "${byPath}";
const one = TaskGenerator(function one(n: number) { return n + 1; });
const two = far.TaskGenerator(function two(n: number) { return n * 2; });
const three = near.TaskGenerator(function three(n: number, all: number[]) { return n + all.length; });
const first = one(Number(args[0]));
const second = two(first);
export const third = three(second, [first, second, second.get !== undefined ? 1 : 0]);
await far.barrier();
export const sum = (await near.value(third)) + (await value(second)) + far.args.length;
if (!far.isJugRunning() || !near.isJugRunning() || !far.isTask(first)) throw new Error("the copies do not know each other");
export const copies = new Set([TaskGenerator, far.TaskGenerator, near.TaskGenerator]).size;
`;
}

Deno.test("a jugfile that imports copies of the library by name, by path and by URL declares into one session", async () => {
  await using server = serveCheckout({ contentType: "text/typescript" });
  const sources = { "copies.ts": jugfile(`${server.address}mod.ts`, BY_PATH) };
  await withProject(sources, async ({ jug, results, folder }) => {
    const count = await jug("count copies.ts 20");
    assert.equal(count.code, 0, count.stderr);
    assert.match(count.stdout, /^copies\.one +1\ncopies\.two +1\ncopies\.three +1\n\.*\nTotal: +3$/m);
    const run = await jug("execute copies.ts 20 --workers 2");
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /^Total: +3 +0\b/m);
    assert.deepEqual(Object.fromEntries(results("copies.jugdata").map(({ name, value }) => [name, value])), {
      "copies.one": 21,
      "copies.two": 42,
      "copies.three": 45,
    });
    assert.equal((await jug("value copies.ts sum -- 20")).stdout, "88\n");
    assert.equal((await jug("value copies.ts copies -- 20")).stdout, "2\n");
    const checked = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--no-lock", "--allow-import", "--config", CONFIG, "copies.ts"],
      cwd: folder,
    }).output();
    assert.ok(checked.success, new TextDecoder().decode(checked.stderr));
  });
});

Deno.test("jugfiles that import the library by name, by path and by URL share results", async () => {
  await using server = serveCheckout({ contentType: "text/plain" });
  const text = (library: string) =>
    `import { TaskGenerator } from "${library}";\n` +
    `export const square = TaskGenerator(function square(n: number) { return n * n; })(7);\n`;
  await withProject({}, async ({ jug, write }) => {
    for (const [index, library] of ["jug", BY_PATH, `${server.address}mod.ts`].entries()) {
      write("square.ts", text(library));
      const run = await jug("execute square.ts");
      assert.equal(run.code, 0, run.stderr);
      assert.match(run.stdout, index === 0 ? /^square\.square +1 +0\b/m : /^square\.square +0 +1\b/m);
      assert.equal((await jug("value square.ts square")).stdout, "49\n");
    }
  });
});
