/**
 * Someone removes folders of a jugdir while it is in use, such as `tmp/` in a manual cleanup.
 *
 * @module
 */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import type { Backend } from "../../../backends/backend.ts";
import { isFileBackend } from "../../../backends/file.ts";
import { denoFileSystem } from "../../../backends/file/system/deno_file_system.ts";
import type { FileSystem } from "../../../backends/file/system/file_system.ts";
import { collect, hashesOf, hashOf, lockOf, newOwner } from "../backend_contract.ts";
import { claimAndDie, claimantOf, Place, WITHOUT_LINKS } from "../../support/file/file_place.ts";
import { runJug } from "../../support/run_jug.ts";

const bytes = new TextEncoder().encode("result");

async function openPacks(backend: Backend): Promise<void> {
  assert(isFileBackend(backend));
  await backend.pack({ settleMs: 60 });
}

for (const [name, files] of [["links", denoFileSystem], ["no links", WITHOUT_LINKS]] as const) {
  for (const folder of ["tmp", "steals"]) {
    Deno.test(`a jugdir works without its ${folder}/, on a file system with ${name}`, async () => {
      await using place = new Place(files);
      const backend = place.open();
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
      await backend.release([third]);
      remove();
      await backend.codes?.add([{ id: "0123456789abcdef", text: "() => 1" }]);
      await backend.complete([{ hash: damaged, bytes, lock: fourth }]);
      remove();
      assert(await backend.discard(damaged, bytes));
      await claimAndDie(place.root, dead, [left]);
      remove();
      assert.deepEqual((await backend.claim([left], claimant)).map(({ kind }) => kind), ["claimed"]);
      await openPacks(backend);
      remove();
      assert(await backend.discard(done, bytes), "a result in a pack");
      remove();
      Deno.removeSync(`${place.root}/workers`, { recursive: true });
      await member.renew();
      const other = await place.join(place.open(), newOwner());
      await other.leave();
      await member.leave();
      assert.deepEqual(await collect(backend.listLocks()), []);
    });
  }
}

Deno.test("a lock is released even if tmp/ is removed between two system calls", async () => {
  let isArmed = false;
  const files: FileSystem = {
    ...denoFileSystem,
    rename(from, to) {
      if (isArmed && from.includes("/locks/")) {
        isArmed = false;
        rmSync(`${place.root}/tmp`, { recursive: true });
      }
      denoFileSystem.rename(from, to);
    },
  };
  await using place = new Place(files);
  const backend = place.open();
  const owner = newOwner();
  await place.join(backend, owner);
  const [lock] = (await backend.claim([hashOf(1)], claimantOf(owner))).map(lockOf);
  assert(lock);
  isArmed = true;
  await backend.release([lock]);
  assert.deepEqual(await collect(backend.listLocks()), []);
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
