import assert from "node:assert/strict";
import type { Project } from "../support/project.ts";
import { withProject } from "../support/project.ts";

const SOURCE = `import { args, TaskGenerator } from "jug";
const base = TaskGenerator(function base(n: number) { return n; });
const next = TaskGenerator(function next(n: number) { return n + 1; });
const bad = TaskGenerator(function bad(n: number): number { throw new Error("bad " + n); });
export const one = base(1);
if (args[0] === "next") next(one);
if (args[0] === "bad") bad(1);
`;

/** Returns the files below a folder of the project, with their contents. */
function filesIn(project: Project, part: string, files = new Map<string, Uint8Array>()): Map<string, Uint8Array> {
  for (const name of project.names(part)) {
    const path = `${project.folder}/${part}/${name}`;
    if (Deno.statSync(path).isDirectory) filesIn(project, `${part}/${name}`, files);
    else files.set(path, Deno.readFileSync(path));
  }
  return files;
}

/** Sets the format version of each record in a folder to a later one. Returns the changed files. */
function makeNewer(project: Project, part: string): Map<string, Uint8Array> {
  const files = filesIn(project, part);
  assert.ok(files.size > 0, `there is nothing in ${part}`);
  for (const [path, bytes] of files) {
    // In a failure, a line precedes the record.
    bytes[bytes.indexOf(0x8a) + 4] = 2;
    Deno.writeFileSync(path, bytes);
  }
  return files;
}

const NEWER = /was written by a newer jug: format version 2 is newer than this version of jug reads \(1\)/;

Deno.test("a result of a newer jug is refused and left unchanged by every command that reads it", async () => {
  await withProject({ "j.ts": SOURCE }, async (project) => {
    const { jug, folder } = project;
    assert.equal((await jug("execute j.ts")).code, 0);
    const newer = makeNewer(project, "j.jugdata/results");
    const untouched = () => assert.deepEqual(filesIn(project, "j.jugdata/results"), newer);

    for (const command of ["value j.ts one", "log j.ts base[0]", "shell j.ts -e value(one)", "execute j.ts next"]) {
      const { code, stderr } = await jug(command);
      assert.equal(code, 1, `${command}: ${stderr}`);
      assert.match(stderr, NEWER, command);
      assert.doesNotMatch(stderr, /damaged|bug in jug|failed/, command);
      untouched();
    }
    // No task that needs the result is left to run.
    const again = await jug("execute j.ts");
    assert.equal(again.code, 0);
    assert.match(again.stderr, NEWER);
    untouched();
    assert.deepEqual(project.names("j.jugdata/failures"), [], "the task that needs it has not failed");

    const copied = await jug(`copy j.jugdata ${folder}/other`);
    assert.equal(copied.code, 1);
    assert.match(copied.stderr, /1 results were written by a newer jug, and were not copied/);
    assert.deepEqual(project.results("other"), []);
    untouched();
    assert.equal((await jug("execute j.ts --jugdir older")).code, 0);
    assert.equal((await jug("copy older j.jugdata")).code, 1);
    untouched();
    assert.equal((await jug("status j.ts")).code, 0);
    assert.equal((await jug("cleanup j.ts")).code, 0);
    untouched();
  });
});

Deno.test("a failure of a newer jug is refused and left unchanged, since it may be marked as kept", async () => {
  await withProject({ "j.ts": SOURCE }, async (project) => {
    assert.equal((await project.jug("execute j.ts bad --keep-failed")).code, 1);
    const newer = makeNewer(project, "j.jugdata/failures");
    const run = await project.jug("execute j.ts bad");
    assert.equal(run.code, 1);
    assert.match(run.stderr, NEWER);
    const listed = await project.jug("failures j.ts");
    assert.match(listed.stderr, /1 more were written by a newer jug/);
    assert.match((await project.jug("log j.ts bad[0] -- bad")).stderr, NEWER);
    await project.jug("retry j.ts");
    assert.deepEqual(filesIn(project, "j.jugdata/failures"), newer);
  });
});
