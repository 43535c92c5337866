/**
 * Tests the file backend on a network folder: here a local file system that claims to be one. Real caches are tested in
 * tests/simulation/ and, on real NFS, in tests/nfs/.
 */
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { isFileBackend } from "../../../backends/file.ts";
import { denoFileSystem } from "../../../backends/file/system/deno_file_system.ts";
import type { FileSystem, OpenFile } from "../../../backends/file/system/file_system.ts";
import { mountOf, parseMountInfo } from "../../../backends/file/system/mount.ts";
import { STILL_LEASES, TIDY_EVERY } from "../../../backends/stillness.ts";
import { ORPHAN_LEASE_MS } from "../../../backends/validation.ts";
import { isJugError } from "../../../core/errors.ts";
import { backendContract, collect, hashesOf, hashOf, lockOf, newOwner } from "../backend_contract.ts";
import { claimAndDie, claimantOf, Place } from "../../support/file/file_place.ts";

const NETWORK: FileSystem = { ...denoFileSystem, mount: () => ({ kind: "network" }) };
const LEASE_MS = newOwner().leaseMs;
const hash = hashOf(1);

/** A file system that can refuse its open files, as a server does with those of a host that it has not heard from. */
function refusing(): { files: FileSystem; refuse(): void } {
  const opened: { isRefused: boolean }[] = [];
  const io = () => Object.assign(new Error("Input/output error (os error 5)"), { code: "EIO" });
  const files: FileSystem = {
    ...NETWORK,
    open(path, mode) {
      const file = denoFileSystem.open(path, mode);
      const state = { isRefused: false };
      opened.push(state);
      const refused: OpenFile = {
        ...file,
        // As on NFSv4: the write succeeds, and the error appears when the data should reach the server.
        sync() {
          if (state.isRefused) throw io();
          file.sync();
        },
      };
      return refused;
    },
  };
  return {
    files,
    refuse() {
      for (const state of opened) state.isRefused = true;
    },
  };
}

backendContract("file backend on a network", () => {
  const place = new Place(NETWORK);
  return Promise.resolve({
    open: () => Promise.resolve(place.open()),
    passTime(ms) {
      place.now += ms;
      return Promise.resolve();
    },
    claimAndDie: (owner, hashes) => claimAndDie(place.root, owner, hashes),
    silenceMs: LEASE_MS / 2,
    dispose: () => place[Symbol.asyncDispose](),
  });
});

Deno.test("mountOf() reports a folder on a block device as local, even before it exists", () => {
  const folder = Deno.makeTempDirSync();
  try {
    // If the folder has no device (for example on a container's overlay), mountinfo decides.
    assert.equal(mountOf(`${folder}/not/there/yet`).kind, "local");
  } finally {
    Deno.removeSync(folder);
  }
});

Deno.test("mountOf() distinguishes memory from unknown file systems", { ignore: Deno.build.os !== "linux" }, () => {
  assert.deepEqual(mountOf("/dev/shm").kind, "local");
  assert.equal(mountOf("/proc").kind, "network");
});

Deno.test("parseMountInfo() finds a device's type and options after any optional fields", () => {
  const text = [
    "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard",
    "40 27 0:52 / /mnt/a\\040b rw,relatime shared:7 - nfs4 server:/export rw,vers=4.2,hard,nocto,acdirmax=600",
    "",
  ].join("\n");
  assert.deepEqual(parseMountInfo(text, "0:52"), {
    type: "nfs4",
    options: ["rw", "vers=4.2", "hard", "nocto", "acdirmax=600"],
  });
  assert.equal(parseMountInfo(text, "254:0")?.type, "ext4");
  assert.equal(parseMountInfo(text, "0:5"), undefined);
});

Deno.test("stamp() gives a folder a new time, and ignores a folder that does not exist", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const now = Date.now();
    const times = new Set<number>();
    for (let i = 0; i < 20; i++) {
      denoFileSystem.stamp(folder);
      times.add(statSync(folder).mtimeMs);
    }
    // The times are random milliseconds of one hour: two of 20 are equal in one of 20,000 runs.
    assert.ok(times.size >= 19, `${times.size} different times`);
    assert.ok([...times].every((time) => time > now - 3_700_000 && time < now + 100_000));
    denoFileSystem.stamp(`${folder}/none`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("with a coarse server clock, each change of a segment's name gives their folder a new time", async () => {
  // Coarser than any server's clock: on this file system, folders always get the same time.
  const coarse = new Date("2026-01-01T00:00:00Z");
  const files: FileSystem = {
    ...NETWORK,
    rename(from, to) {
      denoFileSystem.rename(from, to);
      if (to.startsWith(`${place.root}/segments/`)) Deno.utimeSync(`${place.root}/segments`, coarse, coarse);
    },
  };
  await using place: Place = new Place(files);
  let last = coarse.getTime();
  const check = (event: string) => {
    const time = statSync(`${place.root}/segments`).mtimeMs;
    assert.notEqual(time, coarse.getTime(), event);
    assert.notEqual(time, last, event);
    last = time;
  };
  const backend = place.open();
  const by = claimantOf();
  const member = await place.join(backend, by.owner);
  const [finished, failed, released, removed] = (await backend.claim(hashesOf(4), by)).map(lockOf);
  assert(finished !== undefined && failed !== undefined && released !== undefined && removed !== undefined);
  await backend.complete([{ hash: finished.hash, bytes: Uint8Array.of(1), lock: finished }]);
  check("a result");
  await backend.fail([{ lock: failed, bytes: Uint8Array.of(1) }]);
  check("a failure");
  await backend.release([released]);
  check("a released task");
  await place.open().removeLocks([removed.hash]);
  check("a removed lock");
  await place.open().remove([finished.hash]);
  check("a removed result");
  lockOf((await backend.claim([finished.hash], { ...by, thread: 1 }))[0]);
  await member.leave();
  check("the end of a process");
  const packing = place.open();
  assert(isFileBackend(packing));
  assert(await packing.pack() > 0);
  check("a merge");
});

Deno.test("file backend: workers refuse a mount with nocto, with a remedy, but it can be read", async () => {
  await using place = new Place({
    ...denoFileSystem,
    mount: () => ({ kind: "network", options: ["rw", "nocto"] }),
  });
  const backend = place.open();
  await assert.rejects(backend.join(newOwner()), (error) => {
    assert(isJugError(error) && error.kind === "backend");
    assert.match(error.message, /nocto/);
    assert.match(error.remedy ?? "", /Mount it without/);
    return true;
  });
  assert.deepEqual(await backend.has([hash]), new Set());
});

Deno.test("file backend: over a network a missing jugdir is looked up again, as far as it may be read", async () => {
  const refreshed: string[] = [];
  await using place: Place = new Place({
    ...NETWORK,
    refresh(folder): boolean {
      refreshed.push(folder);
      if (folder === place.folder) throw new Deno.errors.NotCapable("not ours to read");
      return denoFileSystem.refresh(folder);
    },
  });
  const backend = place.open();
  refreshed.length = 0;
  assert.deepEqual(await backend.has([hash]), new Set());
  assert.deepEqual(refreshed.slice(0, 3).map((folder) => folder.slice(place.folder.length)), [
    "/jugdata/segments",
    "/jugdata",
    "",
  ]);
});

Deno.test("file backend: a process whose open file the server refuses opens a new one, and stays alive", async () => {
  const { files, refuse } = refusing();
  await using place = new Place(files);
  const [backend, other] = [place.open(), place.open({ host: "there" })];
  const by = claimantOf();
  const member = await place.join(backend, by.owner);
  await place.join(other, newOwner({ host: "there" }));
  lockOf((await backend.claim([hash], by))[0]);
  refuse();
  for (let third = 0; third < 6; third++) {
    place.now += LEASE_MS / 3;
    await member.renew();
    const [entry] = await collect(other.listLocks());
    assert.equal(entry?.state, third === 0 ? "unknown" : "alive");
    assert.equal((await other.claim([hash], claimantOf(newOwner({ host: "there" }))))[0]?.kind, "held");
  }
  await member.leave();
  assert.deepEqual(place.names("tmp").filter((name) => name.startsWith(by.owner.id)), []);
});

Deno.test("file backend: over a network a free flock counts only after half a lease without heartbeat", async () => {
  await using place = new Place(NETWORK);
  const owner = newOwner();
  await claimAndDie(place.root, owner, [hash]);
  const backend = place.open();
  const by = claimantOf(newOwner());
  await place.join(backend, by.owner);
  assert.equal((await backend.claim([hash], by))[0]?.kind, "held");
  place.now += LEASE_MS / 2 - 1;
  assert.equal((await backend.claim([hash], by))[0]?.kind, "held");
  place.now += 1;
  assert.equal((await backend.claim([hash], by))[0]?.kind, "claimed");
});

Deno.test("file backend: over a network leftovers of a process are removed once it is known to be dead", async () => {
  await using place = new Place(NETWORK);
  await claimAndDie(place.root, newOwner(), [hash]);
  const backend = place.open();
  const member = await place.join(backend, newOwner());
  assert.equal(place.names("workers").length, 2, "it may only be frozen");
  for (let third = 0; third < 2; third++) {
    place.now += LEASE_MS / 3;
    await member.renew();
  }
  assert.equal(place.names("workers").length, 1);
  assert.deepEqual(place.names("tmp"), []);
});

Deno.test("file backend: over a network a state that a dead process wrote is kept for some minutes", async () => {
  await using place = new Place(NETWORK);
  const dead = newOwner();
  await claimAndDie(place.root, dead, [hash]);
  const backend = place.open();
  const member = await place.join(backend, newOwner());
  const late = `${dead.id}.x-1`;
  Deno.writeTextFileSync(`${place.root}/states/${late}`, "The server may still receive the request to use it.");
  const renewAndLook = async () => {
    for (let beat = 0; beat < TIDY_EVERY; beat++) await member.renew();
  };
  place.now += LEASE_MS / 2;
  await renewAndLook();
  assert(!place.names("workers").includes(dead.id));
  place.now += STILL_LEASES * ORPHAN_LEASE_MS - LEASE_MS;
  await renewAndLook();
  assert(place.names("states").includes(late));
  place.now += LEASE_MS;
  await renewAndLook();
  assert(!place.names("states").includes(late));
});

Deno.test("file backend: over a network hosts with the same name steal nothing, with or without boot ids", async () => {
  // With local flocks, or none, a live owner's flock looks free from another host.
  const freeLocks: FileSystem = {
    ...NETWORK,
    open: (path, mode) => ({ ...denoFileSystem.open(path, mode), tryLock: () => true }),
  };
  for (const [here, there] of [[undefined, undefined], ["one", undefined], ["one", "two"]]) {
    await using place = new Place(freeLocks);
    const [a, b] = [place.open(), place.open()];
    const by = claimantOf(newOwner({ boot: here }));
    const memberA = await place.join(a, by.owner);
    const thief = claimantOf(newOwner({ boot: there }));
    const memberB = await place.join(b, thief.owner);
    lockOf((await a.claim([hash], by))[0]);
    for (let third = 0; third < 9; third++) {
      assert.equal((await b.claim([hash], thief))[0]?.kind, "held", `${here} ${there} ${third}`);
      place.now += LEASE_MS / 3;
      await memberA.renew();
      await memberB.renew();
    }
  }
});

Deno.test("file backend: over a network a waiting process hears what others did, if nothing can be watched", async () => {
  await using place = new Place({ ...NETWORK, watch: () => undefined });
  const clock = () => performance.now();
  const [a, b] = [place.open({ clock }), place.open({ clock })];
  const by = claimantOf();
  await place.join(a, by.owner);
  const hashes = hashesOf(3);
  const [finished, released, failed] = (await a.claim(hashes, by)).map(lockOf);
  assert(finished !== undefined && released !== undefined && failed !== undefined);
  const signal = AbortSignal.timeout(30_000);
  const heard = b.waitForChange(signal);
  const bytes = new Uint8Array([1]);
  await a.complete([{ hash: finished.hash, bytes, lock: finished }]);
  await a.release([released]);
  await a.fail([{ lock: failed, bytes }]);
  const changes = [...await heard];
  while (changes.length < 3 && !signal.aborted) changes.push(...await b.waitForChange(signal));
  const kinds = new Map(changes.map(({ hash, kind }) => [hash, kind]));
  assert.deepEqual([finished, released, failed].map(({ hash }) => kinds.get(hash)), ["finished", "released", "failed"]);
});
