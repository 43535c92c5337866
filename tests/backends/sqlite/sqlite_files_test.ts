/**
 * Tests changes that others make to the files of a database in use, and databases of other programs.
 *
 * @module
 */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { openBackend } from "../../../backends/open.ts";
import { isJugError } from "../../../core/errors.ts";
import { hashOf, lockOf, newOwner } from "../backend_contract.ts";
import { runJug, startJug } from "../../support/run_jug.ts";
import { SqlitePlace } from "../../support/sqlite_place.ts";

const bytes = new TextEncoder().encode("result");

function says(pattern: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert(isJugError(error) && error.kind === "backend", String(error));
    assert(error.remedy !== undefined);
    assert.match(error.message, pattern);
    return true;
  };
}

for (const gone of [["-wal"], ["-shm"], ["-wal", "-shm"]]) {
  Deno.test(`sqlite files: removing ${gone.join(" and ")} while in use is noticed, and loses no result`, async () => {
    await using place = new SqlitePlace();
    const backend = await place.open();
    const owner = newOwner();
    const member = await backend.join(owner);
    await backend.complete([{ hash: hashOf(1), bytes, lock: undefined }]);
    const [lock] = (await backend.claim([hashOf(2)], { owner, thread: 0 })).map(lockOf);
    for (const ending of gone) Deno.removeSync(place.path + ending);
    const lost = says(new RegExp(`primes\\.jugdb${gone[0]} was removed or replaced(.|\n)*run again`));
    await assert.rejects(place.open(), lost, "a backend that is opened later");
    await assert.rejects(backend.complete([{ hash: hashOf(2), bytes, lock }]), lost);
    await assert.rejects(backend.has([hashOf(1)]), lost);
    await assert.rejects(member.renew(), lost);
    await assert.rejects(member.leave(), lost);
    await backend.close();
    const next = await place.open();
    assert.deepEqual(await next.has([hashOf(1), hashOf(2)]), new Set([hashOf(1)]));
    const [claim] = await next.claim([hashOf(2)], { owner: newOwner(), thread: 0 });
    assert(claim?.kind === "claimed", "nobody holds it anymore");
  });
}

Deno.test("sqlite files: a log that another program created anew is noticed", async () => {
  await using place = new SqlitePlace();
  const backend = await place.open({});
  await backend.complete([{ hash: hashOf(1), bytes, lock: undefined }]);
  for (const ending of ["-wal", "-shm"]) Deno.renameSync(place.path + ending, `${place.path}.old${ending}`);
  const code = `new (await import("node:sqlite")).DatabaseSync(Deno.args[0]).exec("CREATE TABLE x (y)"); Deno.exit(0)`;
  const other = await new Deno.Command(Deno.execPath(), { args: ["eval", code, place.path] }).output();
  assert(other.success, new TextDecoder().decode(other.stderr));
  assert(place.names().includes("primes.jugdb-wal"));
  await assert.rejects(backend.complete([{ hash: hashOf(2), bytes, lock: undefined }]), says(/-wal was removed or/));
});

Deno.test("sqlite files: if the log is removed, a run reports it, and only running tasks are repeated", async () => {
  await using place = new SqlitePlace();
  const ran = `${place.folder}/ran`;
  Deno.writeTextFileSync(
    `${place.folder}/j.ts`,
    `import { TaskGenerator } from "${new URL("../../../mod.ts", import.meta.url).href}";
const f = TaskGenerator(async function f(n: number): Promise<number> {
  Deno.writeTextFileSync("${ran}", n + "\\n", { append: true });
  if (n === 20) console.error("twenty");
  await new Promise((resolve) => setTimeout(resolve, 50));
  return n;
});
for (let n = 0; n < 40; n++) f(n);
`,
  );
  const args = ["execute", `${place.folder}/j.ts`, "--jugdir", place.address];
  const first = startJug(args);
  await first.saw("twenty");
  for (const ending of ["-wal", "-shm"]) Deno.removeSync(place.path + ending);
  const [{ code, stderr }, second] = await Promise.all([first.result, runJug(args)]);
  assert.notEqual(code, 0);
  assert.match(stderr, /-wal was removed or replaced/);
  if (second.code !== 0) {
    assert.match(second.stderr, /was removed or replaced/);
    assert.equal((await runJug(args)).code, 0);
  }
  const counts = Map.groupBy(Deno.readTextFileSync(ran).trim().split("\n"), (n) => n);
  assert.equal(counts.size, 40);
  assert([...counts.values()].filter((times) => times.length > 1).length <= 8, Deno.readTextFileSync(ran));
});

Deno.test("sqlite files: a copy in another journal mode can be used by two backends", async () => {
  await using place = new SqlitePlace();
  const original = await place.open();
  await original.complete([{ hash: hashOf(1), bytes, lock: undefined }]);
  const copy = `${place.folder}/copy.jugdb`;
  {
    using db = new DatabaseSync(place.path);
    db.exec(`VACUUM INTO '${copy}'`);
  }
  const [one, other] = [await openBackend(`sqlite:${copy}`), await openBackend(`sqlite:${copy}`)];
  assert.deepEqual(await other.has([hashOf(1)]), new Set([hashOf(1)]));
  const member = await one.join(newOwner());
  const second = await other.join(newOwner());
  await other.complete([{ hash: hashOf(2), bytes, lock: undefined }]);
  assert.deepEqual(await one.has([hashOf(2)]), new Set([hashOf(2)]));
  const third = await openBackend(`sqlite:${copy}`);
  assert.deepEqual(await third.has([hashOf(2)]), new Set([hashOf(2)]));
  for (const one of [member, second]) await one.leave();
  for (const backend of [one, other, third]) await backend.close();
});

Deno.test("sqlite files: an empty database of another program keeps its user_version", async () => {
  await using place = new SqlitePlace();
  {
    using db = new DatabaseSync(place.path);
    db.exec("PRAGMA user_version = 12");
  }
  for (const create of [false, true]) {
    await assert.rejects(openBackend(place.address, { create }), says(/a database of another program/));
  }
  using db = new DatabaseSync(place.path);
  assert.equal(db.prepare("PRAGMA user_version").get()?.["user_version"], 12);
});
