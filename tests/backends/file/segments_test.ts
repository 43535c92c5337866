import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { existsSync } from "node:fs";
import type { Backend, Claimant, Lock } from "../../../backends/backend.ts";
import { isFileBackend } from "../../../backends/file.ts";
import { readRuns } from "../../../backends/file/segments/read_runs.ts";
import { denoFileSystem } from "../../../backends/file/system/deno_file_system.ts";
import type { FileSystem } from "../../../backends/file/system/file_system.ts";
import type { Hash } from "../../../core/brand.ts";
import { collect, hashesOf, hashOf, lockOf } from "../backend_contract.ts";
import { claimantOf, Place } from "../../support/file/file_place.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const hash = hashOf(1);

/** Claims tasks and completes each with its own text, all in one call. */
async function store(backend: Backend, hashes: readonly Hash[], by: Claimant): Promise<void> {
  const locks = (await backend.claim(hashes, by)).map(lockOf);
  const outcomes = await backend.complete(locks.map((lock) => ({ hash: lock.hash, bytes: bytes(lock.hash), lock })));
  assert(outcomes.every((outcome) => outcome === "stored"));
}

async function texts(backend: Backend, hashes: readonly Hash[]): Promise<(string | undefined)[]> {
  return (await backend.load(hashes)).map((found) => found && new TextDecoder().decode(found));
}

function onlySegment(place: Place): string {
  const [name, ...others] = place.names("segments");
  assert(name !== undefined && others.length === 0);
  return `${place.root}/segments/${name}`;
}

Deno.test("segments: a worker's results are in one file, which is closed when it leaves", async () => {
  await using place = new Place();
  const backend = place.open();
  const by = claimantOf();
  const member = await place.join(backend, by.owner);
  await store(backend, hashesOf(600), by);
  await store(backend, hashesOf(5, 600), by);
  assert.match(onlySegment(place), new RegExp(`/${by.owner.id}\\.0\\.[0-9a-z-]+@\\d+$`));
  await member.leave();
  assert.match(onlySegment(place), /@\d+!\w+=$/);
  assert.deepEqual(await texts(place.open(), hashesOf(605)), hashesOf(605));
  assert.deepEqual([place.names("tmp"), place.names("workers")], [[], []]);
});

Deno.test("segments: a result of a megabyte is in a file of its own until it is removed", async () => {
  await using place = new Place();
  const backend = place.open();
  const by = claimantOf();
  await place.join(backend, by.owner);
  const [lock] = (await backend.claim([hash], by)).map(lockOf);
  const large = new Uint8Array(1 << 20).fill(7);
  assert.deepEqual(await backend.complete([{ hash, bytes: large, lock }]), ["stored"]);
  assert.equal(place.names("results").length, 1);
  assert(Deno.statSync(onlySegment(place)).size < 1000);
  assert.deepEqual(await place.open().load([hash]), [large]);
  assert.deepEqual(await place.open().loadHeads?.([hash], 10), [large.slice(0, 10)]);
  await place.open().remove([hash]);
  assert.deepEqual(place.names("results"), []);
  assert.deepEqual(await backend.load([hash]), [undefined]);
});

/** Returns where the frames of a segment begin. */
function frameStarts(content: Uint8Array): number[] {
  const bytes = Buffer.from(content);
  const starts: number[] = [];
  for (let at = bytes.indexOf("jugf"); at >= 0; at = bytes.indexOf("jugf", at + 1)) starts.push(at);
  return starts;
}

Deno.test("segments: what lies behind a destroyed part is found, and the rest can be computed again", async () => {
  await using place = new Place();
  const backend = place.open();
  const by = claimantOf();
  const member = await place.join(backend, by.owner);
  for (let n = 0; n < 3; n++) await store(backend, [hashOf(n)], by);
  await member.leave();
  const path = onlySegment(place);
  const content = Deno.readFileSync(path);
  const [, second, third] = frameStarts(content);
  content.fill(0, second, third);
  Deno.writeFileSync(path, content);
  const other = place.open();
  assert.deepEqual(await other.has(hashesOf(3)), new Set([hashOf(0), hashOf(2)]));
  await place.join(other, by.owner);
  await store(other, [hashOf(1)], by);
  assert.deepEqual(await texts(place.open(), hashesOf(3)), hashesOf(3));
});

Deno.test("segments: a segment that a crash cut off is read up to there", async () => {
  await using place = new Place();
  const backend = place.open();
  const by = claimantOf();
  const member = await place.join(backend, by.owner);
  for (let n = 0; n < 2; n++) await store(backend, [hashOf(n)], by);
  await member.leave();
  const path = onlySegment(place);
  Deno.truncateSync(path, Deno.statSync(path).size - 1);
  assert.deepEqual(await collect(place.open().list()), [hashOf(0)]);
});

Deno.test("segments: what a dead process had appended but not committed is kept if it is whole", async () => {
  for (const isWhole of [true, false]) {
    await using place = new Place();
    const backend = place.open();
    const by = claimantOf();
    await place.join(backend, by.owner);
    await store(backend, [hashOf(0)], by);
    const first = onlySegment(place);
    await store(backend, [hashOf(1)], by);
    const second = onlySegment(place);
    // As if the process had died before it renamed the segment.
    Deno.renameSync(second, first);
    if (!isWhole) Deno.truncateSync(first, Deno.statSync(first).size - 1);
    const other = place.open();
    assert.deepEqual(await other.has([hashOf(1)]), new Set());
    place.now += 5 * by.owner.leaseMs;
    const late = claimantOf();
    await place.join(other, late.owner);
    await other.claim([hashOf(1)], late);
    place.now += 5 * by.owner.leaseMs;
    const [outcome] = await other.claim([hashOf(1)], late);
    assert.equal(outcome?.kind, isWhole ? "finished" : "claimed");
  }
});

Deno.test("segments: an owner whose segment was seized stores its result again, in another segment", async () => {
  await using place = new Place();
  const backend = place.open();
  const by = claimantOf();
  await place.join(backend, by.owner);
  const [lock] = (await backend.claim([hash], by)).map(lockOf);
  const path = onlySegment(place);
  Deno.renameSync(path, `${path}~`);
  assert.deepEqual(await backend.complete([{ hash, bytes: bytes("late"), lock }]), ["stored"]);
  assert.deepEqual(await texts(place.open(), [hash]), ["late"]);
});

Deno.test("segments: files that are none of jug's are ignored and kept", async () => {
  await using place = new Place();
  const backend = place.open();
  const by = claimantOf();
  await place.join(backend, by.owner);
  await store(backend, [hash], by);
  const names = ["notes.txt", "a.0.b@x", "a.0.b@99999999999999999", "..@1"];
  for (const name of names) Deno.writeTextFileSync(`${place.root}/segments/${name}`, "mine");
  const other = place.open();
  assert.deepEqual(await collect(other.list()), [hash]);
  assert(isFileBackend(other));
  await other.pack();
  for (const name of names) assert.equal(Deno.readTextFileSync(`${place.root}/segments/${name}`), "mine");
});

Deno.test("segments: a result is found though its segment is renamed before each opening", async () => {
  await using place = new Place();
  const writer = place.open();
  const by = claimantOf();
  await place.join(writer, by.owner);
  const [first, ...others] = (await writer.claim(hashesOf(3), by)).map(lockOf);
  assert(first);
  const completion = (lock: Lock) => ({ hash: lock.hash, bytes: bytes(lock.hash), lock });
  await writer.complete([completion(first)]);
  const stored: Promise<unknown>[] = [];
  /** Counts from -Infinity until the index is read. */
  let opened = -Infinity;
  const fileSystem: FileSystem = {
    ...denoFileSystem,
    open(path, mode) {
      // The first and third opening are for the record, the second is for what is new in the index.
      opened++;
      const lock = opened % 2 === 1 ? others.pop() : undefined;
      if (lock !== undefined) {
        stored.push(writer.complete([completion(lock)]));
        assert(!existsSync(path));
      }
      return denoFileSystem.open(path, mode);
    },
  };
  const reader = place.open({ fileSystem });
  assert.equal((await reader.has([first.hash])).size, 1);
  opened = 0;
  assert.deepEqual(await texts(reader, [first.hash]), [first.hash]);
  assert.equal(stored.length, 2);
  await Promise.all(stored);
});

Deno.test("segments: who leaves closes a segment that a thread renames at this moment", async () => {
  await using place = new Place();
  const thread = place.open();
  const by = claimantOf();
  const stored: Promise<unknown>[] = [];
  const fileSystem: FileSystem = {
    ...denoFileSystem,
    rename(from, to) {
      if (from.startsWith(`${place.root}/segments/`) && stored.length === 0) {
        stored.push(thread.complete([{ hash, bytes: bytes(hash), lock }]));
        assert(!existsSync(from));
      }
      denoFileSystem.rename(from, to);
    },
  };
  const member = await place.join(place.open({ fileSystem }), by.owner);
  const [lock] = (await thread.claim([hash], by)).map(lockOf);
  await member.leave();
  assert.deepEqual(await Promise.all(stored), [["stored"]]);
  assert.match(onlySegment(place), /@\d+!\w+=$/);
  assert.deepEqual(await texts(place.open(), [hash]), [hash]);
});

Deno.test("segments: neighbours are read together, in any order, with absent ones and those in files of their own", async () => {
  await using place = new Place();
  const writer = place.open();
  const by = claimantOf();
  await place.join(writer, by.owner);
  await store(writer, hashesOf(40), by);
  const [large] = (await writer.claim(hashesOf(1, 40), by)).map(lockOf);
  assert(large);
  const megabyte = new Uint8Array(1 << 20).fill(1);
  await writer.complete([{ hash: large.hash, bytes: megabyte, lock: large }]);
  await store(writer, hashesOf(40, 41), by);
  let reads = 0;
  const fileSystem: FileSystem = {
    ...denoFileSystem,
    open(path, mode) {
      const file = denoFileSystem.open(path, mode);
      return {
        ...file,
        read(position, length) {
          reads++;
          return file.read(position, length);
        },
      };
    },
  };
  const reader = place.open({ fileSystem });
  const asked = [...hashesOf(81), hashOf(1000)].toReversed();
  assert.equal((await reader.has(asked)).size, 81);
  reads = 0;
  const found = await reader.load(asked);
  assert.ok(reads <= 6, `${reads} reads`);
  for (const [i, asking] of asked.entries()) {
    const expected: Uint8Array | undefined = asking === hashOf(1000)
      ? undefined
      : asking === large.hash
      ? megabyte
      : bytes(asking);
    assert.deepEqual(found[i], expected);
  }
});

Deno.test("readRuns(): joins what lies near each other, up to a megabyte", () => {
  const part = (position: number, length: number) => ({ position, length });
  const parts = [part(5000, 10), part(0, 10), part(10, 20), part(2_000_000, 900_000), part(2_900_000, 200_000)];
  assert.deepEqual(readRuns(parts).map((run) => [run.position, run.length, run.parts.length]), [
    [0, 30, 2],
    [5000, 10, 1],
    [2_000_000, 900_000, 1],
    [2_900_000, 200_000, 1],
  ]);
  assert.deepEqual(readRuns([part(0, 10), part(4000, 10)]), [
    { position: 0, length: 4010, parts: [part(0, 10), part(4000, 10)] },
  ]);
});
