/**
 * Tests that leftovers of dead processes in a jugdir are removed, and nothing else.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Membership, Owner } from "../../../backends/backend.ts";
import { fileBackend } from "../../../backends/file.ts";
import { denoFileSystem } from "../../../backends/file/system/deno_file_system.ts";
import { ORPHAN_LEASE_MS } from "../../../backends/validation.ts";
import { STILL_LEASES, TIDY_EVERY } from "../../../backends/stillness.ts";
import { tidy } from "../../../backends/optional_parts.ts";
import { hashesOf, hashOf, HERE, lockOf, newOwner } from "../backend_contract.ts";
import { linesOf, supportScript } from "../../support/file/file_processes.ts";
import { claimAndDie, claimantOf, Place } from "../../support/file/file_place.ts";
import { canMount, withSmallDisk } from "../../support/small_disk.ts";

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test({
  name: "file: `pack` fails on a full disk, leaves no draft and loses no result (skipped if mounting is not allowed)",
  ignore: !canMount(),
  fn: () =>
    withSmallDisk("size=1m", async ({ folder, remount }) => {
      const backend = fileBackend({ root: folder });
      const hashes = hashesOf(10);
      const bytes = crypto.getRandomValues(new Uint8Array(60_000));
      await backend.complete(hashes.map((hash) => ({ hash, bytes, lock: undefined })));
      await assert.rejects(backend.pack({ settleMs: 60 }), /the disk is full/);
      assert.deepEqual(names(`${folder}/tmp`), []);
      assert.deepEqual(names(`${folder}/packs`), ["lock"]);
      assert.equal((await backend.has(hashes)).size, 10);
      remount("size=2m");
      assert.equal((await backend.pack({ settleMs: 60 })).packed, 10);
      assert.deepEqual(await backend.load(hashes), hashes.map(() => bytes));
      await backend.close();
    }),
});

Deno.test("file: leftovers of a killed `pack` or copy are removed, and files of a running one are kept", async () => {
  await using place = new Place();
  const backend = fileBackend({ root: place.root, observer: HERE });
  await backend.complete([{ hash: hashOf(1), bytes: new Uint8Array(1000), lock: undefined }]);
  const start = async (mode: string) => {
    const args = ["run", "-A", "--no-check", supportScript("file_stuck.ts"), mode, place.root];
    const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped" }).spawn();
    const lines = linesOf(child.stdout);
    assert.equal((await lines.next()).value, "ready");
    return async () => {
      child.kill("SIGKILL");
      await child.status;
      await lines.return(undefined);
    };
  };
  const killers = await Promise.all([start("pack"), start("copy")]);
  assert.equal(place.names("tmp").length, 2);
  assert.equal(await backend.tidy(), 0);
  assert.equal(place.names("tmp").length, 2);
  for (const kill of killers) await kill();
  assert.equal(await backend.tidy(), 2);
  assert.deepEqual(place.names("tmp"), []);
  await backend.close();
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
  const drafts = () => place.names("tmp").map((name) => name.split(".", 1)[0] ?? "");
  for (let lease = 0; lease < STILL_LEASES - 1; lease++) {
    place.now += dead.leaseMs;
    await living.renew();
  }
  await renewAndLook(member);
  assert.deepEqual(place.names("workers"), workers(dead, alive, here));
  place.now += dead.leaseMs;
  await living.renew();
  await renewAndLook(member);
  assert.deepEqual(place.names("workers"), workers(alive, here));
  assert.deepEqual(drafts(), workers(alive));
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
  assert.deepEqual(place.names("tmp"), []);
  await there.complete([{ hash: hashOf(1), bytes: new Uint8Array(1), lock: lockOf(claim) }]);
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
  Deno.mkdirSync(`${place.root}/tmp/none.0123456789abcdef-2`);
  await renewAndLook(member);
  place.now += STILL_LEASES * ORPHAN_LEASE_MS - 1;
  await renewAndLook(member);
  // A process still writes to this draft.
  Deno.writeTextFileSync(`${place.root}/tmp/${drafts[1]}`, "xx");
  assert.equal(place.names("tmp").length, 6);
  place.now += 1;
  await renewAndLook(member);
  assert.deepEqual(place.names("tmp"), ["none.0123456789abcdef-2", "none.txt", "notes", "notes.txt", drafts[1]].sort());
});

Deno.test("file: a long log of changes is emptied while others run, and they receive later changes", async () => {
  await using place = new Place();
  const [reader, writer] = [place.open(), place.open()];
  await place.join(reader, newOwner());
  await place.join(writer, newOwner());
  await writer.complete([{ hash: hashOf(0), bytes: new Uint8Array(1), lock: undefined }]);
  assert.equal((await reader.waitForChange(new AbortController().signal)).length, 1);
  const log = `${place.root}/changes`;
  Deno.truncateSync(log, 65 * 1024 * 1024);
  const waiting = reader.waitForChange(new AbortController().signal);
  assert.equal(await tidy(writer), 0);
  assert.equal(Deno.statSync(log).size, 0);
  await writer.complete([{ hash: hashOf(1), bytes: new Uint8Array(1), lock: undefined }]);
  assert.deepEqual(await waiting, [{ kind: "finished", hash: hashOf(1) }]);
  assert.equal(Deno.statSync(log).size, 42);
});
