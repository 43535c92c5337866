import assert from "node:assert/strict";
import type { Backend } from "../../../backends/backend.ts";
import { type FileBackend, isFileBackend } from "../../../backends/file.ts";
import type { Hash } from "../../../core/brand.ts";
import { collect, hashesOf, hashOf, lockOf } from "../backend_contract.ts";
import { claimantOf, Place } from "../../support/file/file_place.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Lets a process of its own store one result for each of these tasks, and leave. */
async function comeAndGo(place: Place, hashes: readonly Hash[]): Promise<void> {
  const backend = place.open();
  const by = claimantOf();
  const member = await place.join(backend, by.owner);
  const locks = (await backend.claim(hashes, by)).map(lockOf);
  await backend.complete(locks.map((lock) => ({ hash: lock.hash, bytes: bytes(`${lock.hash}!`), lock })));
  await member.leave();
}

function openFile(place: Place): FileBackend {
  const backend = place.open();
  assert(isFileBackend(backend));
  return backend;
}

async function check(backend: Backend, hashes: readonly Hash[]): Promise<void> {
  const found = await backend.load(hashes);
  for (const [i, hash] of hashes.entries()) assert.deepEqual(found[i], bytes(`${hash}!`));
}

Deno.test("merging: all closed segments become one, with the same results", async () => {
  await using place = new Place();
  for (let n = 0; n < 5; n++) await comeAndGo(place, hashesOf(10, 10 * n));
  const reader = place.open();
  await check(reader, hashesOf(50));
  assert.equal(await openFile(place).pack(), 5);
  assert.equal(place.names("segments").length, 1);
  // A reader that has the old segments open, and one that has not.
  await check(reader, hashesOf(50));
  await check(place.open(), hashesOf(50));
  assert.equal(await openFile(place).pack(), 0);
  assert.equal((await collect(place.open().list())).length, 50);
});

Deno.test("merging: the processes that came and went are still listed, with their ends", async () => {
  await using place = new Place();
  for (let n = 0; n < 3; n++) await comeAndGo(place, [hashOf(n)]);
  const processes = async (backend: Backend) => {
    const all = await collect(backend.listProcesses?.() ?? []);
    return all.toSorted((one, other) => one.id < other.id ? -1 : 1);
  };
  const before = await processes(place.open());
  assert.deepEqual(before.map(({ state, left }) => [state, typeof left]), new Array(3).fill(["left", "number"]));
  const reader = place.open();
  await openFile(place).pack();
  assert.deepEqual(await processes(place.open()), before);
  assert.deepEqual(await processes(reader), before);
});

Deno.test("merging: removed results do not come back, also if they are merged later than their removal", async () => {
  await using place = new Place();
  await comeAndGo(place, hashesOf(4));
  const kept = place.names("segments")[0] ?? "";
  const copy = Deno.readFileSync(`${place.root}/segments/${kept}`);
  await place.open().remove([hashOf(0), hashOf(1)]);
  await openFile(place).pack();
  assert.deepEqual(await place.open().has(hashesOf(4)), new Set([hashOf(2), hashOf(3)]));
  // A merging process that was stopped all the time writes its copy of the old segment.
  Deno.writeFileSync(`${place.root}/segments/late.0.x-1@${copy.length}!`, copy);
  assert.deepEqual(await place.open().has(hashesOf(4)), new Set([hashOf(2), hashOf(3)]));
  await openFile(place).pack();
  assert.deepEqual(await place.open().has(hashesOf(4)), new Set([hashOf(2), hashOf(3)]));
  await comeAndGo(place, [hashOf(0)]);
  await check(place.open(), [hashOf(0), hashOf(2), hashOf(3)]);
});

Deno.test("merging: what a merging process left when it died is removed, and its work is done by another", async () => {
  await using place = new Place();
  for (let n = 0; n < 3; n++) await comeAndGo(place, [hashOf(n)]);
  const [first = "", second = ""] = place.names("segments");
  const path = (name: string) => `${place.root}/segments/${name}`;
  const copies = [first, second].map((name) => Deno.readFileSync(path(name)));
  // Dead before the merged segment existed: the segments bear its name.
  Deno.renameSync(path(first), path(`${first}dead-1`));
  assert.equal(await openFile(place).pack(), 3);
  await check(place.open(), hashesOf(3));
  // Dead before it removed what was merged.
  Deno.writeFileSync(path(second), copies[1] ?? bytes(""));
  await check(place.open(), hashesOf(3));
  assert.equal(await openFile(place).pack(), 0);
  assert(!place.names("segments").includes(second));
});

Deno.test("merging: failures are kept, and so are large results", async () => {
  await using place = new Place();
  const backend = place.open();
  const by = claimantOf();
  const member = await place.join(backend, by.owner);
  const [large, failed] = (await backend.claim(hashesOf(2), by)).map(lockOf);
  assert(large !== undefined && failed !== undefined);
  const result = new Uint8Array(1 << 20).fill(3);
  await backend.complete([{ hash: large.hash, bytes: result, lock: large }]);
  await backend.fail([{ lock: failed, bytes: bytes("no") }]);
  await member.leave();
  await comeAndGo(place, [hashOf(2)]);
  assert.equal(await openFile(place).pack(), 2);
  const other = place.open();
  assert.deepEqual(await other.load([large.hash]), [result]);
  assert.deepEqual(await collect(other.listFailures()), [{ hash: failed.hash, token: failed.token }]);
  assert.deepEqual(await other.loadFailures([failed.hash]), [bytes("no")]);
  await comeAndGo(place, [failed.hash]);
  await check(other, [failed.hash]);
});

Deno.test("merging: a jugdir has few files after many short processes, without any command", async () => {
  await using place = new Place();
  for (let n = 0; n < 200; n++) await comeAndGo(place, [hashOf(n)]);
  assert(place.names("segments").length <= 64);
  await check(place.open(), hashesOf(200));
});
