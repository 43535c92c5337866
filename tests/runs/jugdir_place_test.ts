import assert from "node:assert/strict";
import { withProject } from "../support/project.ts";

/** Returns a jugfile. Two of them with different factors have functions of the same name. */
function source(factor: number): string {
  return `import { TaskGenerator } from "jug";
const f = TaskGenerator(function f(n: number) { return n * ${factor}; });
export const found = f(7);
`;
}

Deno.test("results are stored beside the jugfile, whatever the current folder, so jugfiles of the same name share none", async () => {
  await withProject({}, async ({ folder, jug, write, names }) => {
    for (const [part, factor] of [["a", 2], ["b", 3]] as const) {
      Deno.mkdirSync(`${folder}/${part}`);
      write(`${part}/j.ts`, source(factor));
      const { code, stderr } = await jug(`execute ${part}/j.ts`);
      assert.equal(code, 0, stderr);
      assert.doesNotMatch(stderr, /its code/);
    }
    assert.deepEqual(names("."), ["a", "b"]);
    assert.deepEqual([names("a"), names("b")], [["j.jugdata", "j.ts"], ["j.jugdata", "j.ts"]]);
    assert.equal((await jug("value a/j.ts found")).stdout, "14\n");
    assert.equal((await jug("value b/j.ts found")).stdout, "21\n");
    assert.equal((await jug("check j.ts", { cwd: `${folder}/a` })).code, 0);
    assert.equal((await jug("check ../b/j.ts", { cwd: `${folder}/a` })).code, 0);
    assert.equal((await jug(`check ${new URL(`file://${folder}/b/j.ts`).href}`)).code, 0);
  });
});

Deno.test("if only the old default jugdir contains results, commands and programs stop and name the two remedies", async () => {
  await withProject({}, async ({ folder, jug, write, script, names }) => {
    Deno.mkdirSync(`${folder}/a`);
    write("a/j.ts", source(2));
    write("look.ts", `import { init } from "jug"; await init("a/j.ts");`);
    write("open.ts", `import { openSession } from "jug"; await openSession({ jugfile: "a/j.ts" });`);
    assert.equal((await jug("execute a/j.ts --jugdir j.jugdata")).code, 0);
    const stop = "results of a/j.ts would now be stored in a/j.jugdata, but earlier ones are in j.jugdata";
    const ways = "Move the old jugdir (mv j.jugdata a/j.jugdata), or keep using it (--jugdir j.jugdata)";
    for (const command of ["execute a/j.ts", "status a/j.ts", "value a/j.ts found", "invalidate a/j.ts --target f"]) {
      const { code, stdout, stderr } = await jug(command);
      assert.deepEqual([code, stdout, stderr], [2, "", `jug: ${stop}\n  ${ways}\n`], command);
    }
    for (const name of ["look.ts", "open.ts"]) {
      const { stderr } = await script(name);
      assert.ok(stderr.includes(stop) && stderr.includes(ways), stderr);
    }
    assert.deepEqual(names("a"), ["j.ts"]);
    assert.equal((await jug("check a/j.ts --jugdir j.jugdata")).code, 0);
    // If a jugfile of that name is in the current folder, the results belong to that jugfile.
    write("j.ts", source(3));
    assert.equal((await jug("check a/j.ts")).code, 1);
    Deno.removeSync(`${folder}/j.ts`);
    Deno.renameSync(`${folder}/j.jugdata`, `${folder}/a/j.jugdata`);
    assert.equal((await jug("check a/j.ts")).code, 0);
    // An old jugdir without results does not stop the command.
    for (const part of ["results", "segments"]) Deno.mkdirSync(`${folder}/j.jugdata/${part}`, { recursive: true });
    write("j.jugdata/segments/o.0.x@0!", "what does not count");
    Deno.removeSync(`${folder}/a/j.jugdata`, { recursive: true });
    assert.equal((await jug("check a/j.ts")).code, 1);
    // An older version of jug put packed results there.
    Deno.mkdirSync(`${folder}/j.jugdata/packs`);
    write("j.jugdata/packs/some", "");
    assert.equal((await jug("check a/j.ts")).code, 2);
  });
});

Deno.test("in a shared jugdir, two jugfiles of the same name are distinguished by their code", async () => {
  await withProject({}, async ({ folder, jug, write }) => {
    for (const [part, factor] of [["a", 2], ["b", 3]] as const) {
      Deno.mkdirSync(`${folder}/${part}`);
      write(`${part}/j.ts`, source(factor));
    }
    assert.equal((await jug("execute a/j.ts --jugdir both")).code, 0);
    for (const command of ["status", "execute"]) {
      const { stderr } = await jug(`${command} b/j.ts --jugdir both`);
      assert.match(
        stderr,
        /^.*1 result of j\.f comes from an earlier version of its code, or from another jugfile of the same name: /m,
      );
    }
    assert.doesNotMatch((await jug("status a/j.ts --jugdir both")).stderr, /another jugfile/);
  });
});

Deno.test("a script without setJugdir() also stores its results beside itself", async () => {
  await withProject({}, async ({ folder, script, names }) => {
    Deno.mkdirSync(`${folder}/a`);
    Deno.writeTextFileSync(
      `${folder}/a/s.ts`,
      `import { execute, TaskGenerator } from "jug";
const f = TaskGenerator(function f(n: number) { return n; });
f(1);
await execute();
`,
    );
    const { code, stderr } = await script("a/s.ts");
    assert.equal(code, 0, stderr);
    assert.deepEqual([names("."), names("a")], [["a"], ["s.jugdata", "s.ts"]]);
  });
});
