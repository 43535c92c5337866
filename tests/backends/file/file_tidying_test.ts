/**
 * Tests that leftovers of dead processes in a jugdir are removed, and nothing else.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Backend, Membership, Owner } from "../../../backends/backend.ts";
import { areEqual } from "../../../backends/bytes.ts";
import { fileBackend } from "../../../backends/file.ts";
import { denoFileSystem } from "../../../backends/file/system/deno_file_system.ts";
import { ORPHAN_LEASE_MS } from "../../../backends/validation.ts";
import { STILL_LEASES, TIDY_EVERY } from "../../../backends/stillness.ts";
import { tidy } from "../../../backends/optional_parts.ts";
import type { Hash } from "../../../core/brand.ts";
import { collect, hashesOf, hashOf, HERE, lockOf, newOwner } from "../backend_contract.ts";
import { linesOf, supportScript } from "../../support/file/file_processes.ts";
import { claimAndDie, claimantOf, Place } from "../../support/file/file_place.ts";
import { STUCK_TASK, type StuckMode } from "../../support/file/file_stuck.ts";
import { canMount, withSmallDisk } from "../../support/small_disk.ts";

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

/** Lets two processes store five results each, and leave. Returns the tasks. */
async function fill(open: () => Backend, bytes: Uint8Array): Promise<Hash[]> {
  for (const hashes of [hashesOf(5), hashesOf(5, 5)]) {
    const backend = open();
    const by = claimantOf();
    const member = await backend.join(by.owner);
    const locks = (await backend.claim(hashes, by)).map(lockOf);
    await backend.complete(locks.map((lock) => ({ hash: lock.hash, bytes, lock })));
    await member.leave();
    await backend.close();
  }
  return hashesOf(10);
}

Deno.test({
  name: "file: `pack` fails on a full disk, leaves no draft and loses no result (skipped if mounting is not allowed)",
  ignore: !canMount(),
  fn: () =>
    withSmallDisk("size=1m", async ({ folder, remount }) => {
      const open = () => fileBackend({ root: folder, observer: HERE });
      const bytes = crypto.getRandomValues(new Uint8Array(60_000));
      const hashes = await fill(open, bytes);
      await using closing = new AsyncDisposableStack();
      const backend = closing.adopt(open(), (opened) => opened.close());
      const check = async () => {
        const found = await backend.load(hashes);
        assert.deepEqual(
          found.map((result) => result !== undefined && areEqual(result, bytes)),
          hashes.map(() => true),
        );
      };
      await assert.rejects(backend.pack(), /the disk is full/);
      await check();
      assert.deepEqual(names(`${folder}/tmp`), []);
      remount("size=4m");
      assert.equal(await backend.pack(), 2);
      await check();
    }),
});

/** Starts a process that hangs while it does something, and returns a function that kills it. */
async function startStuck(mode: StuckMode, root: string): Promise<() => Promise<void>> {
  const args = ["run", "-A", "--no-check", supportScript("file_stuck.ts"), mode, root];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped" }).spawn();
  const lines = linesOf(child.stdout);
  assert.equal((await lines.next()).value, "stuck");
  return async () => {
    child.kill("SIGKILL");
    await child.status;
    await lines.return(undefined);
  };
}

Deno.test("file: leftovers of a killed `pack` are removed, and files of a running one are kept", async () => {
  await using place = new Place();
  const hashes = await fill(() => place.open(), new Uint8Array(1000));
  const backend = fileBackend({ root: place.root, observer: HERE });
  const kill = await startStuck("pack", place.root);
  try {
    assert.equal(await backend.tidy(), 0);
    assert.equal(place.names("tmp").length, 1);
    assert.equal(await backend.pack(), 0, "another process merges them");
  } finally {
    await kill();
  }
  assert((await backend.tidy()) >= 2, "its draft and its registration");
  assert.deepEqual(place.names("tmp"), []);
  assert.equal(await backend.pack(), 2);
  assert.equal((await place.open().has(hashes)).size, 10);
  await backend.close();
});

Deno.test("file: leftovers of a killed claim are removed, and files of a running one are kept", async () => {
  await using place = new Place();
  const backend = place.open();
  const by = claimantOf();
  await place.join(backend, by.owner);
  const kill = await startStuck("claim", place.root);
  try {
    assert.equal(place.names("states").length, 1);
    assert.equal(await tidy(backend), 0);
    assert.equal(place.names("states").length, 1);
    // A process that is stopped in the middle of a claim is in nobody's way.
    const [claim] = await backend.claim([STUCK_TASK], by);
    assert.equal(claim?.kind, "claimed");
  } finally {
    await kill();
  }
  assert.equal(place.names("states").length, 2);
  assert((await tidy(backend)) >= 2, "its state and its registration");
  assert.equal(place.names("states").length, 1);
  assert.equal((await collect(backend.listLocks())).length, 1);
});

Deno.test("file: the file of a large result is removed if its process was killed before it was stored", async () => {
  await using place = new Place();
  const backend = place.open();
  const by = claimantOf();
  await place.join(backend, by.owner);
  const kill = await startStuck("complete", place.root);
  try {
    await tidy(backend);
    assert.equal(place.names("results").length, 1);
  } finally {
    await kill();
  }
  await tidy(backend);
  const [claim] = await backend.claim([STUCK_TASK], by);
  await backend.complete([{ hash: STUCK_TASK, bytes: Uint8Array.of(1), lock: lockOf(claim) }]);
  assert.deepEqual(await backend.load([STUCK_TASK]), [Uint8Array.of(1)]);
  await tidy(backend);
  assert.deepEqual(place.names("results"), []);
});

/** Renews often enough for the member to tidy once more. */
async function renewAndLook(member: Membership): Promise<void> {
  for (let beat = 0; beat < TIDY_EVERY; beat++) await member.renew();
}

Deno.test("file: leftovers of another host are removed only after ten leases without heartbeat", async () => {
  await using place = new Place();
  const [dead, alive] = [newOwner({ host: "a container" }), newOwner({ host: "there" })];
  await claimAndDie(place.root, dead, hashesOf(3));
  const there = place.open({ host: "there" });
  const living = await place.join(there, alive);
  const [claim] = await there.claim([hashOf(5)], claimantOf(alive));
  const here = newOwner();
  const member = await place.join(place.open(), here);
  const workers = (...owners: Owner[]) => owners.map(({ id }) => id).sort();
  // As if both had been stopped while they wrote.
  for (const { id } of [dead, alive]) {
    for (const folder of ["tmp", "states"]) Deno.writeTextFileSync(`${place.root}/${folder}/${id}.x-1`, "half");
  }
  const left = (folder: string) => place.names(folder).filter((name) => name.endsWith(".x-1"));
  const openOf = ({ id }: Owner) => place.names("segments").filter((name) => name.startsWith(id) && /@\d+$/.test(name));
  for (let lease = 0; lease < STILL_LEASES - 1; lease++) {
    place.now += dead.leaseMs;
    await living.renew();
  }
  await renewAndLook(member);
  assert.deepEqual(place.names("workers"), workers(dead, alive, here));
  assert.deepEqual([left("tmp").length, left("states").length], [2, 2]);
  place.now += dead.leaseMs;
  await living.renew();
  await renewAndLook(member);
  assert.deepEqual(place.names("workers"), workers(alive, here));
  for (const folder of ["tmp", "states"]) assert.deepEqual(left(folder), [`${alive.id}.x-1`], folder);
  assert.deepEqual([openOf(dead).length, openOf(alive).length], [0, 1]);
  await there.complete([{ hash: hashOf(5), bytes: new Uint8Array(1), lock: lockOf(claim) }]);
});

Deno.test("file: a process that was paused for ten leases continues when it wakes", async () => {
  await using place = new Place({ ...denoFileSystem, mount: () => ({ kind: "network" }) });
  const stopped = newOwner({ host: "there" });
  const there = place.open({ host: "there" });
  const sleeper = await place.join(there, stopped);
  const [claim] = await there.claim([hashOf(1)], claimantOf(stopped));
  const member = await place.join(place.open(), newOwner());
  place.now += STILL_LEASES * stopped.leaseMs;
  await renewAndLook(member);
  assert(!place.names("workers").includes(stopped.id));
  assert(place.names("segments").every((name) => name.endsWith("~")), "its claims are void");
  // Nobody else has computed the result.
  assert.deepEqual(
    await there.complete([{ hash: hashOf(1), bytes: new Uint8Array(1), lock: lockOf(claim) }]),
    ["stored"],
  );
  lockOf((await there.claim([hashOf(2)], claimantOf(stopped)))[0]);
  await sleeper.renew();
  assert(place.names("workers").includes(stopped.id));
});

Deno.test("file: old drafts in tmp/ without a registered owner are removed, and other files are kept", async () => {
  await using place = new Place();
  const backend = place.open();
  const member = await place.join(backend, newOwner());
  const drafts = ["none.0123456789abcdef-0", "o-gone.0123456789abcdef-1z"];
  const mine = ["notes", "notes.txt", "none.txt"];
  for (const name of [...drafts, ...mine]) Deno.writeTextFileSync(`${place.root}/tmp/${name}`, "x");
  const folders = ["none.0123456789abcdef-2", "folder"];
  for (const name of folders) {
    Deno.mkdirSync(`${place.root}/tmp/${name}`);
    Deno.writeTextFileSync(`${place.root}/tmp/${name}/00.1.none`, "");
  }
  await renewAndLook(member);
  place.now += STILL_LEASES * ORPHAN_LEASE_MS - 1;
  await renewAndLook(member);
  // A process still writes to this draft.
  Deno.writeTextFileSync(`${place.root}/tmp/${drafts[1]}`, "xx");
  assert.equal(place.names("tmp").length, 7);
  place.now += 1;
  await renewAndLook(member);
  // A folder with the name of a draft is one, of the folder heads.
  assert.deepEqual(place.names("tmp"), ["folder", "none.txt", "notes", "notes.txt", drafts[1]].sort());
  assert.deepEqual(place.names("tmp/folder"), ["00.1.none"]);
});

Deno.test("file: what a process killed while it joined left in tmp/ is removed", async () => {
  await using place = new Place();
  const member = await place.join(place.open(), newOwner());
  const kill = await startStuck("join", place.root);
  await renewAndLook(member);
  assert.equal(place.names("tmp").length, 1);
  await kill();
  // Nothing says where it ran, so it could also be a process of another host.
  await renewAndLook(member);
  assert.equal(place.names("tmp").length, 1);
  place.now += STILL_LEASES * ORPHAN_LEASE_MS;
  await renewAndLook(member);
  assert.deepEqual(place.names("tmp"), []);
});

Deno.test("file: an owner without a file, but with several threads, is dead after its lease, also elsewhere", async () => {
  await using place = new Place();
  const gone = newOwner({ leaseMs: 5000 });
  const here = place.open();
  for (const [thread, hash] of hashesOf(3).entries()) await here.claim([hash], { owner: gone, thread });
  const there = place.open({ host: "there" });
  const far = claimantOf(newOwner({ host: "there", leaseMs: 60_000 }));
  await place.join(there, far.owner);
  const kinds = async () => (await there.claim(hashesOf(3), far)).map(({ kind }) => kind);
  assert.deepEqual(await kinds(), ["held", "held", "held"]);
  place.now += 5000;
  assert.deepEqual(await kinds(), ["claimed", "claimed", "claimed"]);
});

Deno.test("file: segments of a process that is not registered are seized after 30 s without a change", async () => {
  await using place = new Place();
  const gone = newOwner();
  const here = place.open();
  for (const [thread, hash] of hashesOf(3).entries()) await here.claim([hash], { owner: gone, thread });
  const there = place.open({ host: "there" });
  await tidy(there);
  place.now += ORPHAN_LEASE_MS - 1;
  await tidy(there);
  assert(place.names("segments").every((name) => /@0$/.test(name)));
  place.now += 1;
  await tidy(there);
  assert(place.names("segments").every((name) => /@0~$/.test(name)));
});

Deno.test("file: after a power cut, a segment that was cut off is seized, and its tasks can be claimed", async () => {
  await using place = new Place();
  const dead = newOwner();
  await claimAndDie(place.root, dead, hashesOf(2));
  // As if the power had failed after the rename, and before the content was on the disk.
  const [name = ""] = place.names("segments");
  Deno.renameSync(`${place.root}/segments/${name}`, `${place.root}/segments/${name.replace(/@\d+$/, "@1000")}`);
  const backend = place.open();
  const by = claimantOf();
  await place.join(backend, by.owner);
  assert.deepEqual((await backend.claim(hashesOf(2), by)).map(({ kind }) => kind), ["claimed", "claimed"]);
});

Deno.test("file: states that no head names are removed once their owners are gone, and other files are kept", async () => {
  await using place = new Place();
  const backend = place.open();
  const by = claimantOf();
  const member = await place.join(backend, by.owner);
  lockOf((await backend.claim([hashOf(1)], by))[0]);
  const [current = ""] = place.names("states");
  const kept = [`${by.owner.id}.x-1`, "none.x-1", "notes", "notes.txt"];
  for (const name of [...kept, "o-gone.x-1"]) Deno.writeTextFileSync(`${place.root}/states/${name}`, "x");
  await renewAndLook(member);
  assert.deepEqual(place.names("states"), [current, ...kept].sort());
  // A process of nobody may be any process.
  place.now += STILL_LEASES * ORPHAN_LEASE_MS;
  await renewAndLook(member);
  assert.deepEqual(place.names("states"), [current, "notes", "notes.txt"].sort());
  assert.equal((await collect(place.open().listLocks())).length, 1);
});
