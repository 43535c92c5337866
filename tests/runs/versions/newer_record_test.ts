import assert from "node:assert/strict";
import type { Hash } from "../../../core/brand.ts";
import { overwrite, recordsIn } from "../../support/file/records.ts";
import { withProject } from "../../support/project.ts";

const SOURCE = `import { args, TaskGenerator } from "jug";
const base = TaskGenerator(function base(n: number) { return n; });
const next = TaskGenerator(function next(n: number) { return n + 1; });
const bad = TaskGenerator(function bad(n: number): number { throw new Error("bad " + n); });
export const one = base(1);
if (args[0] === "next") next(one);
if (args[0] === "bad") bad(1);
`;

/** Returns the records in a jugdir: the bytes of each task's record. */
function bytesIn(jugdir: string, kind: "result" | "failure"): Map<Hash, Uint8Array> {
  return new Map(recordsIn(jugdir, kind).map(({ hash, bytes }) => [hash, bytes]));
}

/** Sets the format version of each record in a jugdir to a later one. Returns the changed records. */
function makeNewer(jugdir: string, kind: "result" | "failure"): Map<Hash, Uint8Array> {
  const records = recordsIn(jugdir, kind);
  assert.ok(records.length > 0, `there is no ${kind} in ${jugdir}`);
  // In a failure, a line precedes the record.
  for (const record of records) overwrite(record, record.bytes.indexOf(0x8a) + 4, Uint8Array.of(3));
  return bytesIn(jugdir, kind);
}

const NEWER = /was written by a newer jug: format version 3 is newer than this version of jug reads \(2\)/;

Deno.test("a result of a newer jug is refused and left unchanged by every command that reads it", async () => {
  await withProject({ "j.ts": SOURCE }, async ({ jug, folder }) => {
    assert.equal((await jug("execute j.ts")).code, 0);
    const jugdir = `${folder}/j.jugdata`;
    const newer = makeNewer(jugdir, "result");
    const untouched = () => assert.deepEqual(bytesIn(jugdir, "result"), newer);

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
    assert.deepEqual(recordsIn(jugdir, "failure"), [], "the task that needs it has not failed");

    const copied = await jug(`copy j.jugdata ${folder}/other`);
    assert.equal(copied.code, 1);
    assert.match(copied.stderr, /1 results were written by a newer jug, and were not copied/);
    assert.deepEqual(recordsIn(`${folder}/other`, "result"), []);
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
  await withProject({ "j.ts": SOURCE }, async ({ folder, jug }) => {
    const jugdir = `${folder}/j.jugdata`;
    assert.equal((await jug("execute j.ts bad --keep-failed")).code, 1);
    const newer = makeNewer(jugdir, "failure");
    const run = await jug("execute j.ts bad");
    assert.equal(run.code, 1);
    assert.match(run.stderr, NEWER);
    const listed = await jug("failures j.ts");
    assert.match(listed.stderr, /1 more were written by a newer jug/);
    assert.match((await jug("log j.ts bad[0] -- bad")).stderr, NEWER);
    await jug("retry j.ts");
    assert.deepEqual(bytesIn(jugdir, "failure"), newer);
  });
});
