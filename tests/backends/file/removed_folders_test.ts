/**
 * Someone removes folders of a jugdir while it is in use, such as `tmp/` in a manual cleanup.
 *
 * @module
 */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { type FileBackend, isFileBackend } from "../../../backends/file.ts";
import { denoFileSystem } from "../../../backends/file/system/deno_file_system.ts";
import type { FileSystem } from "../../../backends/file/system/file_system.ts";
import type { Hash } from "../../../core/brand.ts";
import { collect, hashesOf, hashOf, lockOf, newOwner } from "../backend_contract.ts";
import { claimAndDie, claimantOf, Place } from "../../support/file/file_place.ts";
import { runJug } from "../../support/run_jug.ts";

const bytes = new TextEncoder().encode("result");
const large = new Uint8Array(1 << 20).fill(1);

function openFile(place: Place): FileBackend {
  const backend = place.open();
  assert(isFileBackend(backend));
  return backend;
}

/** Lets a process of its own store one result, and leave. */
async function comeAndGo(place: Place, hash: Hash): Promise<void> {
  const backend = place.open();
  const by = claimantOf();
  const member = await place.join(backend, by.owner);
  const [lock] = (await backend.claim([hash], by)).map(lockOf);
  await backend.complete([{ hash, bytes, lock }]);
  await member.leave();
}

for (const folder of ["tmp", "states"]) {
  Deno.test(`a jugdir works without its ${folder}/`, async () => {
    await using place = new Place();
    const backend = openFile(place);
    const [owner, dead] = [newOwner(), newOwner()];
    const claimant = claimantOf(owner);
    const remove = () => rmSync(`${place.root}/${folder}`, { recursive: true, force: true });
    const member = await place.join(backend, owner);
    const [done, failed, released, left, damaged] = hashesOf(5);
    assert(done && failed && released && left && damaged);
    remove();
    const locks = (await backend.claim([done, failed, released, damaged], claimant)).map(lockOf);
    const [first, second, third, fourth] = locks;
    assert(first && second && third && fourth);
    remove();
    assert.deepEqual(await backend.complete([{ hash: done, bytes, lock: first }]), ["stored"]);
    remove();
    await backend.fail([{ lock: second, bytes }]);
    remove();
    assert.deepEqual(await backend.release([third]), ["released"]);
    remove();
    await backend.codes?.add([{ id: "0123456789abcdef", text: "() => 1" }]);
    assert.deepEqual(await backend.complete([{ hash: damaged, bytes: large, lock: fourth }]), ["stored"]);
    remove();
    assert(await backend.discard(damaged, large));
    // Other processes do not know of its claim any more once its state is gone. It stays void, since its owner is dead.
    if (folder !== "states") await claimAndDie(place.root, dead, [left]);
    remove();
    assert.deepEqual((await backend.claim([left], claimant)).map(({ kind }) => kind), ["claimed"]);
    remove();
    Deno.removeSync(`${place.root}/workers`, { recursive: true });
    await member.renew();
    remove();
    const other = await place.join(place.open(), newOwner());
    remove();
    await other.leave();
    remove();
    await member.leave();
    assert.deepEqual(await collect(backend.listLocks()), []);
    remove();
    assert.equal(await backend.tidy(), 0);
    assert.deepEqual(await place.open().load([done]), [bytes]);
    remove();
    assert(await place.open().discard(done, bytes));
    assert.deepEqual(await collect(place.open().list()), []);
  });
}

Deno.test("segments are merged without tmp/", async () => {
  await using place = new Place();
  const backend = openFile(place);
  const remove = () => rmSync(`${place.root}/tmp`, { recursive: true, force: true });
  for (const hash of hashesOf(2)) await comeAndGo(place, hash);
  remove();
  assert.equal(await backend.pack(), 2);
  await comeAndGo(place, hashOf(2));
  remove();
  assert.equal(await backend.pack(), 2);
  remove();
  assert(await backend.discard(hashOf(0), bytes), "a result in a merged segment");
  assert.deepEqual(new Set(await collect(place.open().list())), new Set(hashesOf(2, 1)));
});

Deno.test("a jugdir works without its results/, which is for large results only", async () => {
  await using place = new Place();
  const backend = place.open();
  const by = claimantOf();
  await place.join(backend, by.owner);
  const [first, second, small] = (await backend.claim(hashesOf(3), by)).map(lockOf);
  assert(first !== undefined && second !== undefined && small !== undefined);
  await backend.complete([{ hash: small.hash, bytes, lock: small }, { hash: first.hash, bytes: large, lock: first }]);
  rmSync(`${place.root}/results`, { recursive: true });
  await backend.complete([{ hash: second.hash, bytes: large, lock: second }]);
  const found = await place.open().load([first.hash, second.hash, small.hash]);
  assert.deepEqual(found.map((result) => result?.length), [undefined, large.length, bytes.length]);
  // The lost result can be removed, and computed again.
  await backend.remove([first.hash]);
  const [again] = (await backend.claim([first.hash], by)).map(lockOf);
  await backend.complete([{ hash: first.hash, bytes, lock: again }]);
  assert.deepEqual(await place.open().load([first.hash]), [bytes]);
});

/** A file system on which tmp/ is removed just before a draft in it is renamed, once for each call of `arm`. */
function removingTmp(root: () => string): { files: FileSystem; arm(): void; isArmed(): boolean } {
  let isArmed = false;
  const files: FileSystem = {
    ...denoFileSystem,
    rename(from, to) {
      if (isArmed && from.startsWith(`${root()}/tmp/`)) {
        isArmed = false;
        rmSync(`${root()}/tmp`, { recursive: true });
      }
      denoFileSystem.rename(from, to);
    },
  };
  return { files, arm: () => isArmed = true, isArmed: () => isArmed };
}

Deno.test("everything that is written to tmp/ first is written again if tmp/ is removed at that moment", async () => {
  const { files, arm, isArmed } = removingTmp(() => place.root);
  await using place: Place = new Place(files);
  for (const hash of hashesOf(2)) await comeAndGo(place, hash);
  const owner = newOwner();
  const backend = openFile(place);
  const attempts: Record<string, () => Promise<unknown>> = {
    join: () => place.join(place.open(), owner),
    "remove a result": () => backend.remove([hashOf(0)]),
    "add a code": async () => await backend.codes?.add([{ id: "0123456789abcdef", text: "() => 1" }]),
  };
  for (const [what, attempt] of Object.entries(attempts)) {
    arm();
    await attempt();
    assert(!isArmed(), `${what} writes nothing to tmp/`);
  }
  assert.deepEqual(place.names("workers"), [owner.id]);
  const other = place.open();
  assert.deepEqual(await collect(other.list()), [hashOf(1)]);
  assert.deepEqual(await other.codes?.list(), [{ id: "0123456789abcdef", text: "() => 1" }]);
});

Deno.test("a run continues if its tasks remove tmp/", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const library = new URL("../../../mod.ts", import.meta.url).href;
    Deno.writeTextFileSync(
      `${folder}/j.ts`,
      `import { rmSync } from "node:fs";
import { TaskGenerator } from "${library}";
const f = TaskGenerator(function f(n: number): number {
  rmSync("${folder}/j.jugdata/tmp", { recursive: true, force: true });
  if (n === 3) throw new Error("three");
  return n;
});
for (let n = 0; n < 8; n++) f(n);
`,
    );
    const { code, stdout, stderr } = await runJug(["execute", "--keep-going", `${folder}/j.ts`]);
    assert.equal(code, 1, stderr);
    assert.match(stdout, /j\.f +7 +0/, stderr);
    assert.match(stderr, /Error: three/);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
