import assert from "node:assert/strict";
import { fileBackend } from "../../../backends/file.ts";
import { denoFileSystem } from "../../../backends/file/system/deno_file_system.ts";
import type { FileSystem } from "../../../backends/file/system/file_system.ts";
import { openBackend } from "../../../backends/open.ts";
import { isJugError } from "../../../core/errors.ts";
import { backendContract, collect, hashesOf, hashOf, HERE, lockOf, newOwner } from "../backend_contract.ts";
import { claimAndDie, claimantOf, Place, WITHOUT_LINKS } from "../../support/file/file_place.ts";
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
  assert.match(Deno.readTextFileSync(`${place.root}/format`), /format 1/);
  await backend.close();
});

Deno.test("file backend: a result is stored in one of 256 folders, and no temporary file is left", async () => {
  await using place = new Place();
  const backend = place.open();
  const by = claimantOf();
  const member = await place.join(backend, by.owner);
  const [claim] = await backend.claim([hash], by);
  await backend.complete([{ hash, bytes, lock: lockOf(claim) }]);
  assert.deepEqual(Deno.readFileSync(`${place.root}/results/${hash.slice(0, 2)}/${hash.slice(2)}`), bytes);
  assert.equal(Deno.statSync(`${place.root}/changes`).size, 42);
  await member.leave();
  for (const folder of ["locks", "steals", "tmp", "workers"]) assert.deepEqual(place.names(folder), [], folder);
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
  await assert.rejects(openBackend(place.root), refusal("has format 7", "knows format 1"));
  Deno.writeTextFileSync(`${place.root}/format`, "something");
  assert.throws(() => place.open(), refusal("jug did not write"));
});

Deno.test("file backend: the error about a folder in place of a result names it", async () => {
  await using place = new Place();
  const backend = place.open();
  Deno.mkdirSync(`${place.root}/results/${hash.slice(0, 2)}/${hash.slice(2)}`, { recursive: true });
  await assert.rejects(backend.load([hash]), refusal("there is a folder where a file is expected", hash.slice(2)));
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

Deno.test("file backend: results and locks work without hard links", async () => {
  await using place = new Place();
  const [backend, other] = [place.open({ fileSystem: WITHOUT_LINKS }), place.open({ fileSystem: WITHOUT_LINKS })];
  const by = claimantOf();
  await place.join(backend, by.owner);
  await place.join(other, newOwner());
  const [claim] = await backend.claim([hash], by);
  assert.deepEqual(await backend.complete([{ hash, bytes, lock: lockOf(claim) }]), ["stored"]);
  assert.deepEqual(await other.complete([{ hash, bytes: bytes.subarray(1), lock: undefined }]), ["kept"]);
  assert.deepEqual(await other.load([hash]), [bytes]);
  const [orphan] = await backend.claim([hashOf(2)], claimantOf());
  const [stolen] = await backend.claim([hashOf(2)], by);
  assert.notEqual(lockOf(stolen).token, lockOf(orphan).token);
  await backend.release([lockOf(stolen)]);
  assert.deepEqual(await collect(other.listLocks()), []);
  for (const folder of ["locks", "steals", "tmp"]) assert.deepEqual(place.names(folder), [], folder);
});

Deno.test("file backend: a lock with invalid content is held until it was seen unchanged for 30 s", async () => {
  await using place = new Place();
  const backend = place.open();
  const by = claimantOf();
  await place.join(backend, by.owner);
  Deno.writeTextFileSync(`${place.root}/locks/${hash}`, "rubbish");
  assert.deepEqual(await backend.claim([hash], by), [{ kind: "held", owner: "unknown" }]);
  assert.equal((await collect(backend.listLocks()))[0]?.state, "unknown");
  place.now += 29_000;
  Deno.writeTextFileSync(`${place.root}/locks/${hash}`, "other rubbish");
  assert.equal((await backend.claim([hash], by))[0]?.kind, "held");
  place.now += 29_999;
  assert.equal((await backend.claim([hash], by))[0]?.kind, "held");
  place.now += 1;
  assert.equal((await collect(backend.listLocks()))[0]?.state, "dead");
  const [claim] = await backend.claim([hash], by);
  assert(claim?.kind === "claimed" && claim.stolen);
});

Deno.test("file backend: a lock whose creator died before writing its token is free after a second", async () => {
  await using place = new Place();
  const backend = place.open();
  const by = claimantOf();
  await place.join(backend, by.owner);
  Deno.writeTextFileSync(`${place.root}/locks/${hash}`, "");
  assert.equal((await backend.claim([hash], by))[0]?.kind, "held");
  place.now += 999;
  assert.equal((await backend.claim([hash], by))[0]?.kind, "held");
  place.now += 1;
  assert.equal((await backend.claim([hash], by))[0]?.kind, "claimed");
});

Deno.test("file backend: a claimant paused before it wrote its token learns that its lock was taken", async () => {
  await using place = new Place();
  const thief = claimantOf();
  const other = place.open();
  await place.join(other, thief.owner);
  let isStopped = false;
  // Only without hard links is a lock file created first and written later.
  const fileSystem: FileSystem = {
    ...WITHOUT_LINKS,
    create(path, bytes) {
      if (isStopped || !path.endsWith(`locks/${hash}`)) return WITHOUT_LINKS.create(path, bytes);
      // While it is paused, the other backend sees an empty lock, and takes it after one second.
      isStopped = true;
      WITHOUT_LINKS.create(path, new Uint8Array());
      const taken = [other.claim([hash], thief), (place.now += 1000, other.claim([hash], thief))];
      void Promise.all(taken);
      return true;
    },
  };
  const slow = place.open({ fileSystem });
  const by = claimantOf();
  await place.join(slow, by.owner);
  assert.deepEqual(await slow.claim([hash], by), [{ kind: "held", owner: thief.owner.id }]);
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

Deno.test("file backend: a thief that died while holding the marker blocks nobody", async () => {
  await using place = new Place();
  const backend = place.open();
  const by = claimantOf();
  await place.join(backend, by.owner);
  const [orphan] = await backend.claim([hash], claimantOf());
  const { token } = lockOf(orphan);
  const marker = (path: string, token: string) =>
    Deno.writeTextFileSync(`${place.root}/steals/${path}`, `${token}\n["here",null,1000]\n`);
  marker(`${hash}.${token}`, "thief-one.0.a-1");
  marker(`${hash}.${token}~thief-one.0.a-1`, "thief-two.0.b-1");
  const [claim] = await backend.claim([hash], by);
  assert(claim?.kind === "claimed" && claim.stolen);
  assert.deepEqual(place.names("steals"), []);
});

Deno.test("file backend: while a live thief holds the marker, nobody else steals or releases the lock", async () => {
  await using place = new Place();
  const [backend, other] = [place.open(), place.open()];
  const by = claimantOf();
  const thief = newOwner();
  await place.join(backend, by.owner);
  await place.join(other, thief);
  const [orphan] = await backend.claim([hash], claimantOf());
  const { token } = lockOf(orphan);
  Deno.writeTextFileSync(`${place.root}/steals/${hash}.${token}`, `${thief.id}.0.a-1\n["here",null,1000]\n`);
  assert.equal((await backend.claim([hash], by))[0]?.kind, "held");
  await backend.release([lockOf(orphan)]);
  assert.match(Deno.readTextFileSync(`${place.root}/locks/${hash}`), new RegExp(token));
});

Deno.test("file backend: a thief paused for half a lease gives up, and the next one gets the lock", async () => {
  await using place = new Place();
  let leap = 0;
  const slow = place.open({ clock: () => place.now += leap });
  const backend = place.open();
  const [by, late] = [claimantOf(), claimantOf()];
  await place.join(backend, by.owner);
  await place.join(slow, late.owner);
  await backend.claim([hash], claimantOf());
  leap = 600;
  assert.equal((await slow.claim([hash], late))[0]?.kind, "held");
  leap = 0;
  const [claim] = await backend.claim([hash], by);
  assert(claim?.kind === "claimed" && claim.stolen);
  assert.deepEqual(place.names("steals"), []);
});

Deno.test("file backend: an owner paused for half a lease during a release tries again", async () => {
  await using place = new Place();
  let isStopped = false;
  const fileSystem: FileSystem = {
    ...denoFileSystem,
    link(from, to) {
      if (!isStopped && to.includes("/steals/")) place.now += 600;
      isStopped ||= to.includes("/steals/");
      return denoFileSystem.link(from, to);
    },
  };
  const [slow, other] = [place.open({ fileSystem }), place.open()];
  const [by, next] = [claimantOf(), claimantOf()];
  await place.join(slow, by.owner);
  await place.join(other, next.owner);
  await slow.release([lockOf((await slow.claim([hash], by))[0])]);
  assert(isStopped);
  assert.equal((await other.claim([hash], next))[0]?.kind, "claimed");
  assert.deepEqual(place.names("steals"), []);
});

Deno.test("file backend: a release that a slow thief prevented is done at the owner's next claim", async () => {
  await using place = new Place();
  const [backend, other] = [place.open(), place.open()];
  const [by, next] = [claimantOf(), claimantOf()];
  const [member, thief] = [await place.join(backend, by.owner), await place.join(other, next.owner)];
  const lock = lockOf((await backend.claim([hash], by))[0]);
  // The marker of a thief that was paused while it held the right to steal, and later gave that up.
  const marker = `${place.root}/steals/${hash}.${lock.token}`;
  Deno.writeTextFileSync(marker, `${next.owner.id}.0.x-1\n["here","this boot",1000]\n`);
  await backend.release([lock]);
  assert.equal((await other.claim([hash], next))[0]?.kind, "held");
  Deno.writeTextFileSync(`${marker}~${next.owner.id}.0.x-1`, `none.0.x-2\n["here","this boot",1000]\n`);
  assert.equal((await other.claim([hash], next))[0]?.kind, "held", "its owner is alive");
  await backend.claim([hashOf(2)], by);
  assert.equal((await other.claim([hash], next))[0]?.kind, "claimed");
  assert.deepEqual(place.names("steals"), []);
  await member.leave();
  await thief.leave();
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
  Deno.writeTextFileSync(`${place.root}/steals/${hash}.long.0.gone`, "x.0.1\n");
  const next = newOwner();
  await place.join(place.open(), next);
  assert.deepEqual(place.names("workers"), [living.id, next.id].sort());
  assert.deepEqual(place.names("tmp"), [`${living.id}.x-1`]);
  assert.deepEqual(place.names("steals"), []);
  assert.equal((await backend.claim([hash], claimantOf(living)))[0]?.kind, "claimed");
});

Deno.test("file backend: joining empties a long log of changes, even if others have joined", async () => {
  await using place = new Place();
  const backend = place.open();
  await backend.complete([{ hash, bytes, lock: undefined }]);
  Deno.truncateSync(`${place.root}/changes`, 65 * 1024 * 1024);
  const member = await place.join(backend, newOwner());
  assert.equal(Deno.statSync(`${place.root}/changes`).size, 0);
  Deno.truncateSync(`${place.root}/changes`, 65 * 1024 * 1024);
  await place.join(place.open(), newOwner());
  assert.equal(Deno.statSync(`${place.root}/changes`).size, 0);
  await member.leave();
});

Deno.test("file backend: incomplete and invalid lines and a new log do not stop the changes", async () => {
  await using place = new Place();
  const [backend, waiter] = [place.open(), place.open()];
  const signal = AbortSignal.timeout(60_000);
  const log = `${place.root}/changes`;
  const append = (text: string) => Deno.writeTextFileSync(log, text, { append: true });
  const first = waiter.waitForChange(signal);
  await backend.complete([{ hash: hashOf(1), bytes, lock: undefined }]);
  assert.deepEqual(await first, [{ kind: "finished", hash: hashOf(1) }]);
  append(`rubbish\nf${hashOf(2).slice(0, 20)}`);
  const second = waiter.waitForChange(signal);
  append(`${hashOf(2).slice(20)}\n`);
  assert.deepEqual(await second, [{ kind: "finished", hash: hashOf(2) }]);
  Deno.truncateSync(log, 0);
  append(`x${hashOf(3)}\n`);
  assert.deepEqual(await waiter.waitForChange(signal), [{ kind: "failed", hash: hashOf(3) }]);
  Deno.removeSync(log);
  append(`r${hashOf(4)}\n`);
  append(`d${hashOf(5)}\n`);
  append(`r${hashOf(6)}\n`);
  assert.deepEqual((await waiter.waitForChange(signal)).at(-1), { kind: "released", hash: hashOf(6) });
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
      assert.deepEqual(await collect(backend.list()), [hashOf(0)]);
      assert.deepEqual((await collect(backend.listLocks())).map(({ hash }) => hash), [hashOf(1)]);
      const drafts = [...Deno.readDirSync(`${folder}/jugdata/tmp`)];
      assert.equal(drafts.length, 1, "only the claimant's token file");
      // With no byte left, a new claimant cannot write its token.
      const filler = Deno.openSync(`${folder}/filler`, { create: true, append: true });
      assert.throws(() => {
        for (;;) filler.writeSync(new Uint8Array(4096));
      });
      filler.close();
      await assert.rejects(backend.claim(hashesOf(5, 10), claimantOf()), refusal("the disk is full"));
      Deno.removeSync(`${folder}/filler`);
      assert.deepEqual((await collect(backend.listLocks())).map(({ hash }) => hash), [hashOf(1)]);
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

Deno.test("file backend: a thief that was paused before its last call puts back the lock it took", async () => {
  let beforeTaking = () => {};
  await using place = new Place({
    ...denoFileSystem,
    rename(from, to) {
      if (from.includes("/locks/")) beforeTaking();
      denoFileSystem.rename(from, to);
    },
  });
  await claimAndDie(place.root, newOwner(), [hash]);
  const [living, thief] = [newOwner(), newOwner()];
  const backend = place.open();
  await place.join(backend, living);
  await place.join(backend, thief);
  const lock = `${place.root}/locks/${hash}`;
  beforeTaking = () => {
    beforeTaking = () => {};
    Deno.removeSync(lock);
    Deno.writeTextFileSync(lock, `${living.id}.0.late-0\n${JSON.stringify(["host", "boot", living.leaseMs])}\n`);
  };
  assert.deepEqual(await backend.claim([hash], claimantOf(thief)), [{ kind: "held", owner: living.id }]);
  assert.match(Deno.readTextFileSync(lock), new RegExp(`^${living.id}\\.0\\.late-0\n`));
  assert.deepEqual(place.names("steals"), []);
});
