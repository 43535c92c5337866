import assert from "node:assert/strict";
import { openBackend } from "../../../backends/open.ts";
import { textsOf } from "../../../engine/results/code_table.ts";
import { findChangedCode } from "../../../engine/results/changed_code.ts";
import { isSameCode } from "../../../engine/results/same_code.ts";
import { TaskGenerator } from "jug";
import { executeAll, inSession } from "../../support/in_session.ts";
import { type Project, withProject } from "../../support/project.ts";
import { hasRedis, startRedis } from "../../support/redis/redis_server.ts";
import { withTempDir } from "../../support/temp_dir.ts";

/** Returns a jugfile with one function for each way to declare tasks. `body` is the body of all functions. */
function source(body: string, version = ""): string {
  return `import { barrier, CachedFunction, CompoundTaskGenerator, mapreduce, TaskGenerator, TaskGenerators } from "jug";
const f = TaskGenerator(function f(n: number) { ${body} }${version});
const same = TaskGenerator(function same(n: number) { return n; });
const { m } = TaskGenerators("Group", { m(n: number) { ${body} } });
const c = CompoundTaskGenerator(function c(n: number) { ${body.replace("return", "return [same(n)];")} });
const bound = TaskGenerator(((n: number) => n).bind(null) as (n: number) => number, { name: "bound" });
export const all = [[1, 2, 3].map(f), same(1), m(1), c(1), bound(1), TaskGenerator(Math.abs, { name: "abs" })(1)];
export const squares = mapreduce.map(function sq(n: number) { ${body} }, [1, 2, 3, 4, 5]);
export const cached = await CachedFunction(function kept() { const n = 1; ${body} });
`;
}

const NOTES = [
  "1 result of e.Group.m comes from an earlier version of its code: jug invalidate e.ts --target Group.m, or raise its version",
  "1 result of e.c comes from an earlier version of its code: jug invalidate e.ts --target c, or raise its version",
  "1 result of e.kept comes from an earlier version of its code: jug invalidate e.ts --target kept, or raise its version",
  '2 results of jug.mapreduce.map(e.sq) come from an earlier version of its code: jug invalidate e.ts --target "jug.mapreduce.map(e.sq)", or raise its version',
  "3 results of e.f come from an earlier version of its code: jug invalidate e.ts --target f, or raise its version",
];

async function notesOf({ jug }: Project, command: string): Promise<string[]> {
  const { code, stderr } = await jug(command);
  assert.equal(code, 0, stderr);
  return stderr.split("\n").filter((line) => line.includes("its code")).sort();
}

Deno.test("status and execute report results computed by an earlier version of a function, and no others", async () => {
  await withProject({ "e.ts": source("return n + 1;") }, async (project) => {
    assert.deepEqual(await notesOf(project, "execute e.ts"), []);
    assert.deepEqual(await notesOf(project, "status e.ts"), []);
    // Formatting and comments are not a change.
    project.write("e.ts", source("/* why */ return (n +\n  1 // one more\n);"));
    assert.deepEqual(await notesOf(project, "status e.ts"), []);
    project.write("e.ts", source("return n + 2;"));
    for (const command of ["status e.ts", "execute e.ts", "execute e.ts --workers 2"]) {
      assert.deepEqual(await notesOf(project, command), NOTES, command);
    }
    // Results are not computed again by themselves. Those that are computed again are no longer reported.
    assert.equal((await project.jug("invalidate e.ts --target f")).code, 0);
    assert.deepEqual(await notesOf(project, "execute e.ts"), NOTES.slice(0, -1));
    // A task with another version is another task.
    project.write("e.ts", source("return n + 3;", ", { version: 2 }"));
    assert.deepEqual((await notesOf(project, "execute e.ts")).filter((note) => note.includes(" e.f ")), []);
  });
});

async function checkElsewhere(jugdir: string): Promise<void> {
  await withProject({ "e.ts": source("return n + 1;") }, async (project) => {
    assert.deepEqual(await notesOf(project, `execute e.ts --jugdir ${jugdir}`), []);
    project.write("e.ts", source("return n + 2;"));
    const notes = await notesOf(project, `status e.ts --jugdir ${jugdir}`);
    assert.equal(notes.length, NOTES.length);
    assert.match(
      notes.at(-1) ?? "",
      /^3 results of e\.f .* of its code, or from another jugfile of the same name: jug inv.*, or use another --jugdir$/,
    );
  });
}

Deno.test("in a shared jugdir, the note names another jugfile of the same name as a possible reason: SQLite", () =>
  checkElsewhere("sqlite:e.jugdb"));

Deno.test("in a shared jugdir, the note names another jugfile as a reason: Redis", { ignore: !hasRedis }, async () => {
  await using server = await startRedis();
  await checkElsewhere(server.address);
});

Deno.test("no result is read if the jugdir contains only one code for each name", async () => {
  await withTempDir(async (folder) => {
    const jugdir = `${folder}/one.jugdata`;
    await inSession(async (session) => {
      TaskGenerator(function f(n: number) {
        return n;
      })(1);
      await executeAll();
      const backend = await openBackend(jugdir);
      const blind = { ...backend, load: () => Promise.reject(new Error("a result was read")) };
      const tasks = [...session.tasks.values()];
      assert.equal((await backend.codes?.list())?.length, 1);
      assert.deepEqual(await findChangedCode(blind, tasks, () => true), []);
      await backend.codes?.add([{ id: "0".repeat(16), text: "rubbish" }]);
      assert.deepEqual(await findChangedCode(blind, tasks, () => true), []);
      const { codes: _codes, ...without } = blind;
      assert.deepEqual(await findChangedCode(without, tasks, () => true), []);
      await backend.close();
    }, jugdir);
  });
});

Deno.test("isSameCode() compares syntax, and considers code that it cannot parse the same", () => {
  const same = (one: string, other: string) => isSameCode([one], [other]);
  assert.ok(same("function f(a) { return a; }", "function  f ( a )\n{ return (a) /* x */ }"));
  assert.ok(same("m(a) { return a; }", "m(a){return a}") && same("async *m() {}", "async * m( ) { }"));
  assert.ok(same("(a) => 1n", "a => 1n") && same("get", "get"));
  assert.ok(!same("(a) => 1n", "a => 2n"));
  assert.ok(!same("function f(a) { return a; }", "function f(a) { return -a; }"));
  assert.ok(!same("() => /x/g", "() => /x/i"));
  assert.ok(!same('() => "1"', "() => 1"));
  assert.ok(!isSameCode(["a"], ["a", "b"]));
  assert.ok(same("function f( {", "function f(a) {}"));
});

Deno.test("native and bound functions have no code that could change", async () => {
  await inSession((session) => {
    TaskGenerator(Math.abs, { name: "abs" })(1);
    const [task] = session.tasks.values();
    assert.ok(task !== undefined);
    assert.equal(textsOf(task), undefined);
  });
});
