import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { upgradeFolder } from "../../../backends/file.ts";
import { denoFileSystem } from "../../../backends/file/system/deno_file_system.ts";
import { workerText } from "../../../backends/file/owners/worker_file.ts";
import type { Hash } from "../../../core/brand.ts";
import { isJugError } from "../../../core/errors.ts";
import { collect, hashesOf, hashOf, HERE, lockOf, newOwner } from "../backend_contract.ts";
import { claimantOf, Place } from "../../support/file/file_place.ts";

const OLD_FORMAT = "jug file backend\nformat 1\n";
const LARGE = 1 << 20;
const bytes = (text: string) => new TextEncoder().encode(text);

/** Returns a pack of format 1 with these results. */
function packOf(results: readonly (readonly [Hash, string])[]): Uint8Array {
  const parts = [Buffer.from("jug pack 1\n")];
  const index: Buffer[] = [];
  let offset = 11;
  for (const [hash, text] of results.toSorted()) {
    const entry = Buffer.alloc(32);
    entry.write(hash, 0, "hex");
    entry.writeBigUInt64LE(BigInt(offset), 20);
    entry.writeUInt32LE(text.length, 28);
    index.push(entry);
    parts.push(Buffer.from(text));
    offset += text.length;
  }
  const whole = Buffer.concat(index);
  const footer = Buffer.alloc(12);
  footer.writeBigUInt64LE(BigInt(offset));
  footer.writeUInt32LE(results.length, 8);
  const digest = createHash("sha256").update(whole).digest().subarray(0, 16);
  return Buffer.concat([...parts, whole, footer, digest, Buffer.from("jugpack1")]);
}

/** Makes a jugdir of format 1: results 0 to 4, 3 and 4 in a pack, 5 removed from it, and failures of 0 and 6. */
function makeOld({ root }: Place): void {
  const write = (name: string, content: string | Uint8Array) => {
    Deno.mkdirSync(`${root}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
    Deno.writeFileSync(`${root}/${name}`, typeof content === "string" ? bytes(content) : content);
  };
  write("format", OLD_FORMAT);
  for (const [n, hash] of hashesOf(3).entries()) {
    write(`results/${hash.slice(0, 2)}/${hash.slice(2)}`, n === 2 ? new Uint8Array(LARGE).fill(2) : `result ${n}`);
  }
  write("packs/a-0.pack", packOf([3, 4, 5].map((n) => [hashOf(n), `result ${n}`] as const)));
  write("packs/b-0.gone", `a-0 ${hashOf(5)}\nother-0 ${hashOf(3)}\n`);
  write("packs/lock", "");
  for (const n of [0, 6]) write(`failures/${hashOf(n)}`, `o.0.x\nfailure ${n}`);
  write(`locks/${hashOf(7)}`, "gone.0.x\n[null,null,1000]\n");
  write("steals/x", "");
  write("changes", "");
  write("codes/0123456789abcdef", "code");
  Deno.mkdirSync(`${root}/workers`);
  Deno.mkdirSync(`${root}/tmp`);
}

async function checkConverted(place: Place): Promise<void> {
  const backend = place.open();
  assert.deepEqual(await backend.load(hashesOf(7)), [
    bytes("result 0"),
    bytes("result 1"),
    new Uint8Array(LARGE).fill(2),
    bytes("result 3"),
    bytes("result 4"),
    undefined,
    undefined,
  ]);
  assert.deepEqual((await collect(backend.listFailures())).map(({ hash }) => hash), [hashOf(6)]);
  assert.deepEqual(await backend.loadFailures([hashOf(6)]), [bytes("failure 6")]);
  assert.deepEqual(await collect(backend.listLocks()), []);
  assert.deepEqual(await backend.codes?.list(), [{ id: "0123456789abcdef", text: "code" }]);
  // Work goes on: what has a result is not claimed, and a removed result can be computed again.
  const by = claimantOf();
  const member = await place.join(backend, by.owner);
  const kinds = (await backend.claim(hashesOf(8), by)).map(({ kind }) => kind);
  assert.deepEqual(kinds, [...Array.from({ length: 5 }, () => "finished"), "claimed", "claimed", "claimed"]);
  await backend.remove([hashOf(0)]);
  const [again] = await backend.claim([hashOf(0)], by);
  assert.deepEqual(await backend.complete([{ hash: hashOf(0), bytes: bytes("new"), lock: lockOf(again) }]), ["stored"]);
  assert.deepEqual(await place.open().load([hashOf(0)]), [bytes("new")]);
  await member.leave();
}

const OLD_NAMES = ["locks", "steals", "packs", "failures", "changes", hashOf(0).slice(0, 2)];

function oldNames({ root }: Place): string[] {
  const names = [root, `${root}/results`].flatMap((folder) => denoFileSystem.names(folder));
  return names.filter((name) => OLD_NAMES.includes(name));
}

Deno.test("upgrade: all results and failures of format 1 are kept, and its other files are gone", async () => {
  await using place = new Place();
  makeOld(place);
  assert.throws(() => place.open(), /has format 1/);
  const outcome = await upgradeFolder({ root: place.root, observer: HERE });
  assert.deepEqual(outcome, { kind: "converted", results: 5, failures: 1, damaged: [] });
  await checkConverted(place);
  assert.deepEqual(oldNames(place), []);
  assert.deepEqual(await upgradeFolder({ root: place.root, observer: HERE }), { kind: "up-to-date" });
});

Deno.test("upgrade: a conversion that ended at any call is completed by the next one", async () => {
  for (let last = 1;; last++) {
    await using place = new Place();
    makeOld(place);
    let calls = 0;
    const end = (): void => {
      if (++calls > last) throw new Error("the process has ended");
    };
    const { create, rename, remove, open, link, makeFolder } = denoFileSystem;
    const fileSystem = {
      ...denoFileSystem,
      create: (...args: Parameters<typeof create>) => (end(), create(...args)),
      rename: (...args: Parameters<typeof rename>) => (end(), rename(...args)),
      remove: (...args: Parameters<typeof remove>) => (end(), remove(...args)),
      open: (...args: Parameters<typeof open>) => (end(), open(...args)),
      link: (...args: Parameters<typeof link>) => (end(), link(...args)),
      makeFolder: (...args: Parameters<typeof makeFolder>) => (end(), makeFolder(...args)),
    };
    const timer = (callback: () => void) => (queueMicrotask(callback), () => {});
    const parts = { root: place.root, observer: HERE, timer };
    const first = await upgradeFolder({ ...parts, fileSystem }).catch((error: unknown) => error);
    const isWhole = typeof first === "object" && first !== null && "kind" in first && first.kind === "converted";
    await upgradeFolder(parts);
    await checkConverted(place);
    assert.deepEqual(oldNames(place), []);
    if (isWhole) return;
  }
});

Deno.test("upgrade: refused, naming host and process, while an owner of the old version lives", async () => {
  await using place = new Place();
  makeOld(place);
  const owner = newOwner({ id: "far-4711-0a1b2c", pid: 4711, host: "far", leaseMs: 60_000 });
  let beat = 0;
  const renew = () => Deno.writeTextFileSync(`${place.root}/workers/${owner.id}`, workerText(owner, beat++, false));
  renew();
  const timer = (callback: () => void) => {
    renew();
    queueMicrotask(callback);
    return () => {};
  };
  await assert.rejects(upgradeFolder({ root: place.root, observer: HERE, timer }), (error) => {
    assert(isJugError(error));
    assert.match(error.message, new RegExp(`is in use by ${owner.id} \\(on far, process 4711\\)`));
    assert(error.remedy !== undefined);
    return true;
  });
  assert.equal(Deno.readTextFileSync(`${place.root}/format`), OLD_FORMAT);
});

Deno.test("upgrade: an owner without a sign of life for a lease does not prevent it", async () => {
  await using place = new Place();
  makeOld(place);
  const owner = newOwner({ host: "far", leaseMs: 5_000 });
  Deno.writeTextFileSync(`${place.root}/workers/${owner.id}`, workerText(owner, 3, false));
  let now = 0;
  const timer = (callback: () => void, ms: number) => {
    now += ms;
    queueMicrotask(callback);
    return () => {};
  };
  const outcome = await upgradeFolder({ root: place.root, observer: HERE, timer, clock: () => now });
  assert.equal(outcome.kind, "converted");
  assert(now >= 5_000);
});

Deno.test("upgrade: a damaged pack is reported, and the rest is converted", async () => {
  await using place = new Place();
  makeOld(place);
  Deno.truncateSync(`${place.root}/packs/a-0.pack`, 50);
  const outcome = await upgradeFolder({ root: place.root, observer: HERE });
  assert.deepEqual(outcome, { kind: "converted", results: 3, failures: 1, damaged: ["a-0.pack"] });
  assert.equal(Deno.statSync(`${place.root}/damaged-a-0.pack`).size, 50);
  assert.deepEqual(await place.open().has(hashesOf(7)), new Set(hashesOf(3)));
});

Deno.test("upgrade: an unknown format and another folder are refused, and an absent one is told", async () => {
  await using place = new Place();
  assert.deepEqual(await upgradeFolder({ root: place.root, observer: HERE }), { kind: "absent" });
  Deno.mkdirSync(place.root);
  Deno.writeTextFileSync(`${place.root}/format`, "jug file backend\nformat 9\n");
  await assert.rejects(upgradeFolder({ root: place.root, observer: HERE }), /has format 9/);
  Deno.removeSync(`${place.root}/format`);
  Deno.writeTextFileSync(`${place.root}/notes`, "mine");
  await assert.rejects(upgradeFolder({ root: place.root, observer: HERE }), /is not a jugdir/);
  assert.deepEqual([...Deno.readDirSync(place.root)].map(({ name }) => name), ["notes"]);
});
