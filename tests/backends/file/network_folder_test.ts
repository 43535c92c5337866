/**
 * What the file backend does where others may change the folder: on a local file system that says it is a network's. What
 * real caches do is tried in tests/simulation/ and, on real NFS, in tests/nfs/.
 */
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { denoFileSystem } from "../../../backends/file/system/deno_file_system.ts";
import type { FileSystem, OpenFile } from "../../../backends/file/system/file_system.ts";
import { isVersion4, mountOf, parseMountInfo } from "../../../backends/file/system/mount.ts";
import { isJugError } from "../../../core/errors.ts";
import { backendContract, collect, hashesOf, hashOf, lockOf, newOwner } from "../backend_contract.ts";
import { claimAndDie, claimantOf, Place } from "../../support/file/file_place.ts";

const NETWORK: FileSystem = { ...denoFileSystem, mount: () => ({ kind: "network", tellsByTime: true }) };
const LEASE_MS = newOwner().leaseMs;
const hash = hashOf(1);

/** A file system whose open files can be refused, as a server refuses those of a host that it heard nothing of. */
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
        // As on NFSv4: the write is taken, and what is lost shows when it is to reach the server.
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

Deno.test("mountOf() says that a folder on a block device is local, also before it is there", () => {
  const folder = Deno.makeTempDirSync();
  try {
    // Where the test's own folder has no device (a container's overlay, say), mountinfo tells.
    assert.equal(mountOf(`${folder}/not/there/yet`).kind, "local");
  } finally {
    Deno.removeSync(folder);
  }
});

Deno.test("mountOf() tells memory from what it does not know", { ignore: Deno.build.os !== "linux" }, () => {
  assert.deepEqual(mountOf("/dev/shm").kind, "local");
  assert.equal(mountOf("/proc").kind, "network");
});

Deno.test("parseMountInfo() finds a device's type and options, whatever stands before them", () => {
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

Deno.test("hosts tell by its time that a folder changed, but for NFSv4", () => {
  assert.deepEqual(
    [
      isVersion4({ type: "nfs4", options: ["rw", "vers=4.2"] }),
      isVersion4({ type: "nfs", options: ["rw", "vers=4"] }),
      isVersion4({ type: "nfs", options: ["rw", "vers=3"] }),
      isVersion4({ type: "fuse.sshfs" }),
    ],
    [true, true, false, false],
  );
});

Deno.test("a folder's time is set to one that it never had, and a folder that is not there needs none", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const now = Date.now();
    const times = new Set<number>();
    for (let i = 0; i < 20; i++) {
      denoFileSystem.stamp(folder);
      times.add(statSync(folder).mtimeMs);
    }
    // Drawn from an hour's milliseconds, 20 are alike once in 20,000 times.
    assert.ok(times.size >= 19, `${times.size} different times`);
    assert.ok([...times].every((time) => time > now - 3_700_000 && time < now + 100_000));
    denoFileSystem.stamp(`${folder}/none`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("where the clock of a server is coarse, each result gives its folder a new time before its lock is given up", async () => {
  // Coarser than any server's: to the folders of this file system it is always the same second.
  const coarse = new Date("2026-01-01T00:00:00Z");
  const calls: string[] = [];
  const files: FileSystem = {
    ...NETWORK,
    link(from, to) {
      const outcome = denoFileSystem.link(from, to);
      if (/\/results\//.test(to)) Deno.utimeSync(to.slice(0, to.lastIndexOf("/")), coarse, coarse);
      return outcome;
    },
    stamp(folder) {
      if (/\/results\/..$/.test(folder)) calls.push("stamp");
      denoFileSystem.stamp(folder);
    },
    remove(path) {
      if (/\/locks\//.test(path)) calls.push("lock");
      return denoFileSystem.remove(path);
    },
  };
  await using place = new Place(files);
  const backend = place.open();
  const owner = newOwner();
  await backend.join(owner);
  const [outcome] = await backend.claim([hash], claimantOf(owner));
  assert(outcome !== undefined);
  await backend.complete([{ hash, bytes: Uint8Array.of(1), lock: lockOf(outcome) }]);
  const folder = `${place.root}/results/${hash.slice(0, 2)}`;
  assert.notEqual(statSync(folder).mtimeMs, coarse.getTime());
  assert.deepEqual(calls, ["stamp", "lock"]);
});

Deno.test("file backend: a mount with nocto is refused to workers, with the remedy, and can be looked at", async () => {
  await using place = new Place({
    ...denoFileSystem,
    mount: () => ({ kind: "network", tellsByTime: true, options: ["rw", "nocto"] }),
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

Deno.test("file backend: over a network an absent jugdir is asked for anew, where the folder above may be read", async () => {
  const refreshed: string[] = [];
  await using place: Place = new Place({
    ...NETWORK,
    refresh(folder): boolean {
      refreshed.push(folder);
      if (folder === place.folder) throw new Deno.errors.NotCapable("not ours to read");
      return denoFileSystem.refresh(folder);
    },
  });
  assert.deepEqual(await place.open().has([hash]), new Set());
  assert.deepEqual(refreshed.slice(0, 4).map((folder) => folder.slice(place.folder.length)), [
    "/jugdata/results/9e",
    "/jugdata/results",
    "/jugdata",
    "",
  ]);
});

Deno.test("file backend: a process whose open file the server refuses makes it anew, and lives on", async () => {
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

Deno.test("file backend: over a network a free flock counts only with a heartbeat still for half a lease", async () => {
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

Deno.test("file backend: over a network what a dead process left is removed when it is known to be dead", async () => {
  await using place = new Place(NETWORK);
  await claimAndDie(place.root, newOwner(), [hash]);
  const backend = place.open();
  const member = await place.join(backend, newOwner());
  assert.equal(place.names("workers").length, 2, "it may have been frozen");
  for (let third = 0; third < 2; third++) {
    place.now += LEASE_MS / 3;
    await member.renew();
  }
  assert.equal(place.names("workers").length, 1);
  assert.deepEqual(place.names("tmp"), []);
});

Deno.test("file backend: over a network two hosts of one name are told apart by their boots, or not at all", async () => {
  // With local locks, or none, a living owner's flock looks free from another host.
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

Deno.test("file backend: over a network a waiting process hears of locks that went away", async () => {
  // The log of changes is lost: each process writes one of its own.
  const withoutLog = (name: string): FileSystem => {
    const own = (path: string) => path.endsWith("/changes") ? `${path}-${name}` : path;
    return {
      ...NETWORK,
      stat: (path) => denoFileSystem.stat(own(path)),
      exists: (path) => denoFileSystem.exists(own(path)),
      open: (path, mode) => denoFileSystem.open(own(path), mode),
    };
  };
  await using place = new Place();
  const clock = () => performance.now();
  const [a, b] = ["a", "b"].map((name) => place.open({ fileSystem: withoutLog(name), clock }));
  assert(a !== undefined && b !== undefined);
  const by = claimantOf();
  await place.join(a, by.owner);
  const hashes = hashesOf(3);
  const [finished, released, failed] = (await a.claim(hashes, by)).map(lockOf);
  assert(finished !== undefined && released !== undefined && failed !== undefined);
  const signal = AbortSignal.timeout(30_000);
  // Its first look, at once, takes note of what is there.
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
