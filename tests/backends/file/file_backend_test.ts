import assert from "node:assert/strict";
import { fileBackend } from "../../../backends/file.ts";
import { openBackend } from "../../../backends/open.ts";
import { isJugError } from "../../../core/errors.ts";
import { backendContract, collect, hashesOf, hashOf, HERE, lockOf, newOwner } from "../backend_contract.ts";
import { claimAndDie, claimantOf, Place } from "../../support/file/file_place.ts";
import { startOwner } from "../../support/file/file_processes.ts";

function refusal(...parts: (string | RegExp)[]): (error: unknown) => boolean {
  return (error) => {
    assert(isJugError(error), String(error));
    assert.equal(error.kind, "backend");
    assert(error.remedy !== undefined);
    for (const part of parts) assert.match(error.message, part instanceof RegExp ? part : new RegExp(part));
    return true;
  };
}

const bytes = new TextEncoder().encode("result");
const hash = hashOf(1);

backendContract("file backend", () => {
  const place = new Place();
  return Promise.resolve({
    open: () => Promise.resolve(place.open()),
    passTime(ms) {
      place.now += ms;
      return Promise.resolve();
    },
    claimAndDie: (owner, hashes) => claimAndDie(place.root, owner, hashes),
    dispose: () => place[Symbol.asyncDispose](),
  });
});

Deno.test("file backend: reading a jugdir that does not exist creates nothing", async () => {
  await using place = new Place();
  const backend = place.open();
  assert.deepEqual(await backend.has([hash]), new Set());
  assert.deepEqual(await collect(backend.list()), []);
  assert.deepEqual(await collect(backend.listLocks()), []);
  assert.deepEqual(await backend.loadFailures([hash]), [undefined]);
  assert.deepEqual(await backend.remove([hash]), new Set());
  assert.equal(await backend.removeLocks([hash]), 0);
  assert.deepEqual([...Deno.readDirSync(place.folder)], []);
});

Deno.test("file backend: openBackend() with `create` creates the folder and its format at once", async () => {
  await using place = new Place();
  const backend = await openBackend(place.root, { create: true });
  assert.match(Deno.readTextFileSync(`${place.root}/format`), /format 2/);
  await backend.close();
});

Deno.test("file backend: a jugdir that is a file is refused", async () => {
  await using place = new Place();
  Deno.writeTextFileSync(place.root, "");
  assert.throws(() => place.open(), refusal("is a file, not a folder", "--jugdir"));
});

Deno.test("file backend: an unknown format is refused, with its version", async () => {
  await using place = new Place();
  Deno.mkdirSync(place.root);
  Deno.writeTextFileSync(`${place.root}/format`, "jug file backend\nformat 7\n");
  await assert.rejects(openBackend(place.root), refusal("has format 7", "knows format 2"));
  Deno.writeTextFileSync(`${place.root}/format`, "something");
  assert.throws(() => place.open(), refusal("jug did not write"));
});

Deno.test("file backend: a jugdir removed under a running process is created again", async () => {
  await using place = new Place();
  const backend = place.open();
  const by = claimantOf();
  const member = await place.join(backend, by.owner);
  await backend.complete([{ hash, bytes, lock: undefined }]);
  Deno.removeSync(place.root, { recursive: true });
  await member.renew();
  assert.deepEqual(place.names("workers"), [by.owner.id]);
  const [claim] = await backend.claim([hash], by);
  assert.deepEqual(await backend.complete([{ hash, bytes, lock: lockOf(claim) }]), ["stored"]);
  assert.deepEqual(await place.open().load([hash]), [bytes]);
});

Deno.test("file backend: a dead process is detected at once on the same host, on others after its lease", async () => {
  await using place = new Place();
  const [here, there] = [place.open(), place.open({ host: "there" })];
  const dead = newOwner({ leaseMs: 5000 });
  await claimAndDie(place.root, dead, hashesOf(2));
  const far = claimantOf(newOwner({ host: "there" }));
  assert.deepEqual(await there.claim([hashOf(0)], far), [{ kind: "held", owner: dead.id }]);
  assert.equal((await collect(there.listLocks()))[0]?.state, "unknown");
  assert.equal((await collect(here.listLocks()))[0]?.state, "dead");
  place.now += 4999;
  assert.equal((await there.claim([hashOf(0)], far))[0]?.kind, "held");
  place.now += 1;
  assert.equal((await there.claim([hashOf(0)], far))[0]?.kind, "claimed");
  assert.equal((await here.claim([hashOf(1)], claimantOf()))[0]?.kind, "claimed");
});

Deno.test("file backend: with another boot or no host name, a death cannot be detected at once", async () => {
  await using place = new Place();
  await claimAndDie(place.root, newOwner({ boot: "first" }), [hash]);
  const backend = place.open();
  for (const owner of [newOwner({ boot: "second" }), newOwner({ host: undefined })]) {
    assert.equal((await backend.claim([hash], claimantOf(owner)))[0]?.kind, "held");
  }
  assert.equal((await backend.claim([hash], claimantOf(newOwner({ boot: "first" }))))[0]?.kind, "claimed");
});

Deno.test("file backend: checking a live process does not release its flock", async () => {
  await using place = new Place();
  const [backend, other] = [place.open(), place.open()];
  const by = claimantOf();
  await place.join(backend, by.owner);
  await backend.claim([hash], by);
  for (let round = 0; round < 5; round++) {
    assert.equal((await collect(backend.listLocks()))[0]?.state, "alive");
    assert.equal((await other.claim([hash], claimantOf()))[0]?.kind, "held");
  }
});

Deno.test("file backend: locks of an owner without a file are free at once on its host, later elsewhere", async () => {
  await using place = new Place();
  const [here, there] = [place.open(), place.open({ host: "there" })];
  const gone = newOwner({ leaseMs: 5000 });
  await here.claim(hashesOf(2), claimantOf(gone));
  const far = claimantOf(newOwner({ host: "there" }));
  assert.equal((await there.claim([hashOf(0)], far))[0]?.kind, "held");
  place.now += 5000;
  assert.equal((await there.claim([hashOf(0)], far))[0]?.kind, "claimed");
  assert.equal((await here.claim([hashOf(1)], claimantOf()))[0]?.kind, "claimed");
});

Deno.test("file backend: joining removes leftovers of dead processes of the host, nothing of live ones", async () => {
  await using place = new Place();
  const backend = place.open();
  const living = newOwner();
  await place.join(backend, living);
  const dead = newOwner();
  await claimAndDie(place.root, dead, [hash]);
  Deno.writeTextFileSync(`${place.root}/tmp/${dead.id}.x-1`, "half a result");
  Deno.writeTextFileSync(`${place.root}/tmp/${living.id}.x-1`, "half a result");
  const next = newOwner();
  await place.join(place.open(), next);
  assert.deepEqual(place.names("workers"), [living.id, next.id].sort());
  assert.deepEqual(place.names("tmp"), [`${living.id}.x-1`]);
  assert.equal((await backend.claim([hash], claimantOf(living)))[0]?.kind, "claimed");
});

Deno.test("file backend: everything works with only --allow-read and --allow-write of the jugdir", async () => {
  await using place = new Place();
  const owner = newOwner();
  const sandboxed = startOwner(place.root, ["--allow-read", `--allow-write=${place.root}`]);
  try {
    await claimAndDie(place.root, newOwner(), [hashOf(1)]);
    assert.equal(await sandboxed.tell({ do: "join", owner, renewMs: 1_000_000 }), null);
    const claims = await sandboxed.tell({ do: "claim", hashes: hashesOf(3) });
    assert(Array.isArray(claims));
    assert.deepEqual(claims.map(({ kind, stolen }) => [kind, stolen]), [
      ["claimed", false],
      ["claimed", true],
      ["claimed", false],
    ]);
    assert.deepEqual(await sandboxed.tell({ do: "complete", lock: claims[0].lock, words: "x" }), ["stored"]);
    assert.deepEqual(await sandboxed.tell({ do: "release", lock: claims[1].lock }), ["released"]);
    assert.equal(await sandboxed.tell({ do: "fail", lock: claims[2].lock, words: "y" }), null);
    assert.deepEqual(await sandboxed.tell({ do: "locks" }), []);
    assert.equal(await sandboxed.tell({ do: "leave" }), null);
    assert.deepEqual(await collect(place.open().list()), [hashOf(0)]);
  } finally {
    await sandboxed.kill();
  }
});

Deno.test("file backend: the error about a missing permission names the flag", async () => {
  await using place = new Place();
  const reader = startOwner(place.root, ["--allow-read"]);
  try {
    const answer = await reader.tell({ do: "join", owner: newOwner(), renewMs: 1_000_000 });
    assert.match(JSON.stringify(answer), new RegExp(`Deno refuses .* add the flag --allow-write=${place.root}`));
  } finally {
    await reader.kill();
  }
});

/** Mounts a small file system. Returns false if that is not possible. */
function mountSmall(folder: string): boolean {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  return runs("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", folder]);
}

function runs(command: string, args: string[]): boolean {
  return new Deno.Command(command, { args, stdout: "null", stderr: "null" }).outputSync().success;
}

const canMount = (() => {
  const folder = Deno.makeTempDirSync();
  try {
    return mountSmall(folder) && runs("umount", [folder]);
  } finally {
    Deno.removeSync(folder);
  }
})();

Deno.test({
  name: "file backend: a full disk is reported, and leaves no partial result and no lock (needs root to mount one)",
  ignore: !canMount,
  async fn() {
    const folder = Deno.makeTempDirSync();
    assert(mountSmall(folder));
    try {
      const backend = fileBackend({ root: `${folder}/jugdata` });
      const by = claimantOf();
      const member = await backend.join(by.owner);
      const [first, second] = await backend.claim(hashesOf(2), by);
      await assert.rejects(
        backend.complete([
          { hash: hashOf(0), bytes, lock: lockOf(first) },
          { hash: hashOf(1), bytes: new Uint8Array(1_000_000), lock: lockOf(second) },
        ]),
        refusal("the disk is full", "Free some space"),
      );
      // Results that are stored together are stored completely or not at all.
      assert.deepEqual(await collect(backend.list()), []);
      assert.deepEqual(await collect(backend.listLocks()), []);
      assert.deepEqual([...Deno.readDirSync(`${folder}/jugdata/tmp`)], []);
      // With no byte left, nothing can be claimed.
      const filler = Deno.openSync(`${folder}/filler`, { create: true, append: true });
      assert.throws(() => {
        for (;;) filler.writeSync(new Uint8Array(4096));
      });
      filler.close();
      await assert.rejects(backend.claim(hashesOf(5, 10), claimantOf()), refusal("the disk is full"));
      Deno.removeSync(`${folder}/filler`);
      assert.equal((await backend.claim([hashOf(1)], by))[0]?.kind, "claimed");
      await member.leave();
      assert.deepEqual(await collect(backend.listLocks()), []);
      await backend.close();
    } finally {
      runs("umount", [folder]);
      Deno.removeSync(folder);
    }
  },
});

Deno.test({
  name: "file backend: a read-only jugdir can be read, and writing to it reports why not (needs root to mount one)",
  ignore: !canMount,
  async fn() {
    const folder = Deno.makeTempDirSync();
    assert(mountSmall(folder));
    try {
      const writer = fileBackend({ root: `${folder}/jugdata` });
      const by = claimantOf();
      await writer.complete([{ hash: hashOf(1), bytes, lock: undefined }]);
      await writer.claim([hashOf(2)], by);
      await writer.close();
      assert(runs("mount", ["-o", "remount,ro", folder]));
      const reader = fileBackend({ root: `${folder}/jugdata`, observer: HERE });
      assert.deepEqual(await collect(reader.list()), [hashOf(1)]);
      assert.deepEqual(await reader.load([hashOf(1)]), [bytes]);
      assert.equal((await collect(reader.listLocks())).length, 1);
      await assert.rejects(reader.claim([hashOf(3)], by), refusal("read-only", "--jugdir"));
      await assert.rejects(reader.join(by.owner), refusal("read-only"));
      await reader.close();
    } finally {
      runs("umount", [folder]);
      Deno.removeSync(folder);
    }
  },
});
