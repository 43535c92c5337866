/**
 * A store may contain anything: one test for each row of docs/store-input.md that no other test covers.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { fileBackend } from "../../backends/file.ts";
import { decodeHeader, encodeFrame, type FrameEntry, HEADER_BYTES } from "../../backends/file/segments/frame.ts";
import { partitionOf, PARTITIONS } from "../../backends/file/claims/partition.ts";
import { openBackend } from "../../backends/open.ts";
import { listDurations, listProcesses, tidy } from "../../backends/optional_parts.ts";
import { redisBackend } from "../../backends/redis.ts";
import { STILL_LEASES } from "../../backends/stillness.ts";
import { ORPHAN_LEASE_MS } from "../../backends/validation.ts";
import { isJugError } from "../../core/errors.ts";
import { collect, hashesOf, hashOf, HERE, lockOf, newOwner } from "./backend_contract.ts";
import { claimantOf, Place } from "../support/file/file_place.ts";
import { hasRedis, startRedis } from "../support/redis/redis_server.ts";
import { SqlitePlace } from "../support/sqlite_place.ts";
import { withTempDir } from "../support/temp_dir.ts";

const bytes = new TextEncoder().encode("result");
const hash = hashOf(1);

/** The number of the partition of `hash` in a new jugdir, as in the names of heads. */
const PARTITION = partitionOf(hash, PARTITIONS).toString(16).padStart(2, "0");

/** Returns the name of the head of the partition of `hash`. */
function headOf(place: Place): string {
  const head = place.names("heads").find((name) => name.startsWith(`${PARTITION}.`));
  assert(head !== undefined);
  return head;
}

/** Gives the partition of `hash` a head that names this state. Returns the name of that head. */
function nameState(place: Place, stateName: string, sequence?: number): string {
  const head = headOf(place);
  const next = `${PARTITION}.${sequence ?? Number(head.split(".")[1]) + 1}.${stateName}`;
  Deno.renameSync(`${place.root}/heads/${head}`, `${place.root}/heads/${next}`);
  return next;
}

/** Writes a state with a valid checksum. `table`: its line of JSON. */
function writeState(place: Place, table: string): void {
  const rest = Buffer.concat([Buffer.from(`${table}\n`), Buffer.from(hash, "hex")]);
  const checksum = crc32(rest).toString(16).padStart(8, "0");
  Deno.writeFileSync(`${place.root}/states/far.x-1`, Buffer.concat([Buffer.from(`jug state 1 ${checksum}\n`), rest]));
  nameState(place, "far.x-1");
}

const claimText = (changed: Record<string, string> = {}) => {
  const text = {
    segment: `"far.0.x-1"`,
    host: `"far"`,
    boot: "null",
    leaseMs: "1000",
    since: "0",
    sequence: "1",
    count: "1",
    ...changed,
  };
  return `{${Object.entries(text).map(([key, value]) => `"${key}":${value}`).join()}}`;
};

Deno.test("file: a claim with an invalid lease is free after 30 s, without sign of life of its owner", async () => {
  for (const leaseMs of ["-1", "1e999", `"long"`, "null"]) {
    await using place = new Place();
    const backend = place.open();
    const by = claimantOf();
    await place.join(backend, by.owner);
    Deno.writeTextFileSync(`${place.root}/segments/far.0.x-1@0`, "");
    writeState(place, `{"claims":[${claimText({ leaseMs })}],"bounds":{}}`);
    assert.deepEqual(await backend.claim([hash], by), [{ kind: "held", owner: "far" }], leaseMs);
    place.now += 29_999;
    assert.equal((await backend.claim([hash], by))[0]?.kind, "held", leaseMs);
    place.now += 1;
    assert.equal((await backend.claim([hash], by))[0]?.kind, "claimed", leaseMs);
  }
});

Deno.test("file: a state with invalid values counts as lost, and the task can be claimed", async () => {
  const long = "a".repeat(73);
  const claims = [
    { segment: `"${long}.0.x-1"` },
    { segment: `"far.0.${"x".repeat(200)}"` },
    { segment: `"../../far.0.x-1"` },
    { segment: "7" },
    { since: `"now"` },
    { sequence: "-1" },
    { sequence: "1e999" },
    { count: "1e9" },
    { count: "-1" },
    { count: "0.5" },
  ].map((changed) => `{"claims":[${claimText(changed)}],"bounds":{}}`);
  const bounds = [`{"../far":1}`, `{"far.0.x-1":-1}`, `{"far.0.x-1":"long"}`, "[]", "null"].map((text) =>
    `{"claims":[],"bounds":${text}}`
  );
  for (const table of [...claims, ...bounds, "", "null", "[]", "{}", `{"claims":{},"bounds":{}}`]) {
    await using place = new Place();
    const backend = place.open();
    const by = claimantOf();
    await place.join(backend, by.owner);
    writeState(place, table);
    assert.deepEqual(await collect(place.open().listLocks()), [], table);
    assert.equal((await backend.claim([hash], by))[0]?.kind, "claimed", table);
    const [lock] = await collect(place.open().listLocks());
    assert.equal(lock?.owner, by.owner.id, table);
  }
});

Deno.test("file: a state that says more of a segment than there is blocks its tasks until the owner is dead", async () => {
  for (const name of ["far.0.x-1@0", "far.0.x-1@0!", "far.0.x-1@0~", undefined]) {
    await using place = new Place();
    const backend = place.open();
    const by = claimantOf();
    await place.join(backend, by.owner);
    if (name !== undefined) Deno.writeTextFileSync(`${place.root}/segments/${name}`, "");
    writeState(place, `{"claims":[],"bounds":{"far.0.x-1":9007199254740991}}`);
    await backend.claim([hash], by);
    place.now += ORPHAN_LEASE_MS;
    const [again] = await backend.claim([hash], by);
    // It held its own claim, if the segment was closed.
    assert(again?.kind === "claimed" || again?.kind === "held" && again.owner === by.owner.id, String(name));
  }
});

Deno.test("file: a head that names a folder has a state that is lost", async () => {
  await using place = new Place();
  const backend = place.open();
  const by = claimantOf();
  await place.join(backend, by.owner);
  Deno.mkdirSync(`${place.root}/states/folder`);
  nameState(place, "folder");
  assert.deepEqual(await collect(place.open().listLocks()), []);
  assert.equal((await backend.claim([hash], by))[0]?.kind, "claimed");
});

Deno.test("file: a head with the largest number can be followed by another", async () => {
  await using place = new Place();
  const backend = place.open();
  const by = claimantOf();
  await place.join(backend, by.owner);
  nameState(place, "none", 999_999_999_999_999);
  lockOf((await backend.claim([hash], by))[0]);
  const other = place.open();
  assert.equal((await collect(other.listLocks())).length, 1);
  assert.equal((await other.claim([hash], claimantOf()))[0]?.kind, "held");
});

Deno.test("file: a process whose registration is unreadable counts as dead after its lease without a change", async () => {
  for (
    const text of ["", "rubbish", "0000000000000000\n{}\n", `0000000000000000\n{"leaseMs":-1}\n`, "x".repeat(10_000)]
  ) {
    await using place = new Place();
    const [backend, other] = [place.open(), place.open()];
    const [by, thief] = [claimantOf(), claimantOf()];
    await place.join(backend, by.owner);
    lockOf((await backend.claim([hash], by))[0]);
    await place.join(other, thief.owner);
    // Its claims say how long they are valid.
    Deno.writeTextFileSync(`${place.root}/workers/${by.owner.id}`, text);
    assert.equal((await other.claim([hash], thief))[0]?.kind, "held", text);
    place.now += by.owner.leaseMs - 1;
    assert.equal((await other.claim([hash], thief))[0]?.kind, "held", text);
    place.now += 1;
    assert.equal((await other.claim([hash], thief))[0]?.kind, "claimed", text);
  }
});

Deno.test("file: entries of the workers folder without the name of an owner are ignored and kept", async () => {
  await using place = new Place();
  const first = place.open();
  await place.join(first, newOwner());
  const [name = ""] = place.names("workers");
  const text = Deno.readTextFileSync(`${place.root}/workers/${name}`);
  for (const foreign of ["my.notes", "a b"]) Deno.writeTextFileSync(`${place.root}/workers/${foreign}`, text);
  Deno.mkdirSync(`${place.root}/workers/.snapshot`);
  await place.join(place.open(), newOwner());
  for (const foreign of ["my.notes", "a b", ".snapshot"]) assert(place.names("workers").includes(foreign), foreign);
});

Deno.test("file: files whose names are not those of jug are ignored and kept", async () => {
  await using place = new Place();
  const backend = place.open();
  const by = claimantOf();
  await place.join(backend, by.owner);
  await backend.complete([{ hash, bytes, lock: undefined }]);
  lockOf((await backend.claim([hashOf(2)], by))[0]);
  for (const folder of ["results", "codes"]) Deno.mkdirSync(`${place.root}/${folder}`, { recursive: true });
  const heads = [
    "notes",
    "none",
    "00.1",
    "00.-1.none",
    "00.9999999999999999.none",
    "ff.1.none",
    "0.1.none",
    "00.1.a b",
  ];
  const segments = ["notes", "notes@1", "a.0@1", "a.0.b@1?", "a.0.b@1!c.d", `${"a".repeat(73)}.0.b@1`];
  const foreign = [
    ...["results", "codes", "states", "workers"].map((folder) => `${folder}/my.notes`),
    ...heads.map((name) => `heads/${name}`),
    ...segments.map((name) => `segments/${name}`),
  ];
  for (const name of foreign) Deno.writeTextFileSync(`${place.root}/${name}`, "x");
  const other = place.open();
  assert.deepEqual(await collect(other.list()), [hash]);
  assert.deepEqual((await collect(other.listLocks())).map((lock) => lock.hash), [hashOf(2)]);
  assert.deepEqual(await collect(other.listFailures()), []);
  assert.deepEqual(await other.codes?.list(), []);
  await (await place.join(place.open(), newOwner())).leave();
  await tidy(other);
  place.now += STILL_LEASES * ORPHAN_LEASE_MS;
  await tidy(other);
  for (const name of foreign) assert.equal(Deno.readTextFileSync(`${place.root}/${name}`), "x", name);
});

Deno.test("file: a format that is not a version is not shown", async () => {
  await using place = new Place();
  Deno.mkdirSync(place.root);
  Deno.writeTextFileSync(`${place.root}/format`, "jug file backend\nformat \x1b[2J7\n");
  assert.throws(() => place.open(), (error) => isJugError(error) && /has content that jug/.test(error.message));
});

Deno.test("file: a format with an invalid number of partitions is refused", async () => {
  for (const partitions of ["0", "257", "-1", "1e3", "0x10", " 8", ""]) {
    await using place = new Place();
    Deno.mkdirSync(place.root);
    Deno.writeTextFileSync(`${place.root}/format`, `jug file backend\nformat 2\npartitions ${partitions}\n`);
    assert.throws(() => place.open(), isJugError, partitions);
  }
});

/** Returns a frame with one entry, valid checksums, and any number as its size. */
function frameOf(entry: Partial<FrameEntry>, { size, replaces }: { size?: number; replaces?: string[] } = {}) {
  const whole = { kind: "result", hash, origin: "far.0.x-1", sequence: 1, payload: bytes, ...entry } as const;
  const { bytes: frame } = encodeFrame([whole], replaces === undefined ? {} : { replaces });
  const header = decodeHeader(frame);
  assert(header !== undefined);
  const end = HEADER_BYTES + header.indexLength;
  const view = new DataView(frame.buffer);
  // The size is the last column.
  if (size !== undefined) view.setFloat64(end - 8, size, true);
  view.setUint32(20, crc32(frame.subarray(HEADER_BYTES, end)), true);
  view.setUint32(28, crc32(frame.subarray(0, 28)), true);
  return frame;
}

/** Writes a closed segment. */
function writeSegment(place: Place, segment: string, frame: Uint8Array): void {
  Deno.writeFileSync(`${place.root}/segments/${segment}@${frame.length}!`, frame);
}

/** Creates a jugdir that holds the result of the task 2. */
async function placeWithResult(): Promise<Place> {
  const place = new Place();
  await place.open().complete([{ hash: hashOf(2), bytes, lock: undefined }]);
  return place;
}

Deno.test("file: a result that is not within its segment counts as damaged, and hides no other", async () => {
  for (const size of [1e300, Infinity, NaN, -1, 0.5, 2 ** 53, 2 ** 31, 1000]) {
    await using place = await placeWithResult();
    writeSegment(place, "far.0.x-1", frameOf({}, { size }));
    const other = place.open();
    const [found, good] = await other.load([hash, hashOf(2)]);
    assert(found === undefined || found.length <= bytes.length, String(size));
    assert.deepEqual(good, bytes, String(size));
    // Whatever it is, it can be removed as damaged, and computed again.
    if ((await other.has([hash])).size > 0) assert.deepEqual(await other.remove([hash]), new Set([hash]));
    assert.deepEqual(await other.complete([{ hash, bytes, lock: undefined }]), ["stored"], String(size));
    assert.deepEqual(await place.open().load([hash]), [bytes], String(size));
  }
});

Deno.test("file: a frame that is longer than its segment is not read, and hides no other", async () => {
  const header = (index: number, payload: number) => {
    const frame = frameOf({});
    const view = new DataView(frame.buffer);
    view.setUint32(8, index, true);
    view.setUint32(12, payload, true);
    view.setUint32(16, payload, true);
    view.setUint32(28, crc32(frame.subarray(0, 28)), true);
    return frame;
  };
  for (const frame of [header(0xffff_ffff, 0), header(1, 0xffff_ffff), header(0xffff_ffff, 0xffff_ffff)]) {
    await using place = await placeWithResult();
    writeSegment(place, "far.0.x-1", Buffer.concat([frame, frameOf({ hash: hashOf(3) })]));
    assert.deepEqual(await place.open().has(hashesOf(5)), new Set([hashOf(2), hashOf(3)]));
  }
});

Deno.test("file: a segment that is shorter than its name says is read as far as it goes, and merged", async () => {
  await using place = await placeWithResult();
  for (const [n, mark] of ["", "!", "~", "!gone-1"].entries()) {
    const frame = frameOf({ hash: hashOf(10 + n) });
    Deno.writeFileSync(`${place.root}/segments/far.0.x-${n}@999999999999999${mark}`, frame);
  }
  const backend = fileBackend({ root: place.root, observer: HERE, clock: () => place.now });
  assert.equal((await backend.has(hashesOf(4, 10))).size, 4);
  await backend.pack();
  place.now += ORPHAN_LEASE_MS;
  await backend.pack();
  assert.equal((await place.open().has(hashesOf(4, 10))).size, 4);
  assert.deepEqual(await place.open().load(hashesOf(4, 10)), hashesOf(4, 10).map(() => bytes));
  await backend.close();
});

Deno.test("file: a result whose origin names a file elsewhere does not show or touch that file", async () => {
  for (const origin of ["x/../../../victim", "/../../../victim", "../victim"]) {
    await using place = await placeWithResult();
    const paths = [`${place.folder}/victim-1`, `${place.root}/victim-1`];
    for (const path of paths) Deno.writeTextFileSync(path, "mine");
    Deno.mkdirSync(`${place.root}/results/${hash}.x`, { recursive: true });
    Deno.mkdirSync(`${place.root}/results/${hash}.`, { recursive: true });
    writeSegment(place, "far.0.x-1", frameOf({ origin, payload: new Uint8Array(), ownFileSize: 4 }));
    const backend = place.open();
    assert.deepEqual(await backend.load([hash]), [undefined], origin);
    await backend.remove([hash]);
    for (const path of paths) assert.equal(Deno.readTextFileSync(path), "mine", origin);
  }
});

Deno.test("file: segments that say they replace each other, or themselves, do no harm", async () => {
  await using place = await placeWithResult();
  const backend = place.open();
  const by = claimantOf();
  await place.join(backend, by.owner);
  const replacing = (n: number, replaces: string[]) => frameOf({ hash: hashOf(10 + n) }, { replaces });
  writeSegment(place, "far.0.x-1", replacing(0, ["far.0.x-1"]));
  writeSegment(place, "far.0.x-2", replacing(1, ["far.0.x-3"]));
  writeSegment(place, "far.0.x-3", replacing(2, ["far.0.x-2"]));
  writeSegment(place, "far.0.x-4", replacing(3, ["../../format", "", "notes"]));
  const bounds = [1, 2, 3, 4].map((n) => `"far.0.x-${n}":1`);
  writeState(place, `{"claims":[],"bounds":{${bounds.join()}}}`);
  lockOf((await backend.claim([hash], by))[0]);
  assert.deepEqual(await place.open().load([hashOf(2)]), [bytes]);
  await tidy(backend);
  assert.match(Deno.readTextFileSync(`${place.root}/format`), /format 2/);
});

Deno.test("file: records with invalid numbers of claims do not prevent that a task is run and stored", async () => {
  for (const sequence of [NaN, Infinity, -1, 0.5, 2 ** 60]) {
    for (const kind of ["result", "failure", "released", "removed", "cleared"] as const) {
      await using place = await placeWithResult();
      writeSegment(place, "far.0.x-1", frameOf({ kind, sequence, payload: new Uint8Array() }));
      const backend = place.open();
      const by = claimantOf();
      await place.join(backend, by.owner);
      const what = `${kind} ${sequence}`;
      await backend.remove([hash]);
      await backend.removeFailures([hash]);
      const [lock] = (await backend.claim([hash], by)).map(lockOf);
      assert.equal((await place.open().claim([hash], claimantOf()))[0]?.kind, "held", what);
      assert.deepEqual(await backend.complete([{ hash, bytes, lock }]), ["stored"], what);
      assert.deepEqual(await place.open().load([hash]), [bytes], what);
    }
  }
});

/** Calls `use` with a database that holds one result and was changed by `sql`. */
async function withRows(sql: string, use: (place: SqlitePlace) => Promise<void>): Promise<void> {
  await using place = new SqlitePlace();
  await (await place.open()).complete([{ hash, bytes, lock: undefined }]);
  const db = new DatabaseSync(place.path);
  db.exec(sql);
  db.close();
  await use(place);
}

Deno.test("sqlite: an owner's id that names a file elsewhere does not touch that file", async () => {
  const rows = `
    INSERT INTO owners VALUES ('../victim.txt', 1000, 0, 1), ('../primes.jugdb', 1000, 0, 1);
    INSERT INTO locks VALUES ('${hashOf(2)}', 'x', '../victim.txt')`;
  await withRows(rows, async (place) => {
    Deno.writeTextFileSync(`${place.folder}/victim.txt`, "mine");
    Deno.mkdirSync(`${place.path}-workers`);
    const backend = await place.open();
    const by = { owner: newOwner(), thread: 0 };
    const member = await backend.join(by.owner);
    assert.deepEqual(await backend.claim([hashOf(2)], by), [{ kind: "held", owner: "unknown" }]);
    assert.deepEqual(await collect(backend.listLocks()), [
      { hash: hashOf(2), token: "x", owner: "unknown", state: "unknown" },
    ]);
    place.now += 30_000;
    assert.equal((await backend.claim([hashOf(2)], by))[0]?.kind, "claimed");
    await member.leave();
    assert.equal(Deno.readTextFileSync(`${place.folder}/victim.txt`), "mine");
    assert(place.names().includes("primes.jugdb"));
  });
});

Deno.test("sqlite: an owner's heartbeat and lease may have any value", async () => {
  const odd = ["9e999, 0", "-5, 0", "1000, 9223372036854775807", "1000, 'beat'", "x'00', x'00'"];
  const rows = odd.map((values, n) => `
    INSERT INTO owners VALUES ('odd-${n}', ${values}, 0);
    INSERT INTO locks VALUES ('${hashOf(10 + n)}', 'odd-${n}.0.a', 'odd-${n}')`);
  await withRows(rows.join(";"), async (place) => {
    const backend = await place.open();
    const by = { owner: newOwner(), thread: 0 };
    const member = await backend.join(by.owner);
    const hashes = hashesOf(odd.length, 10);
    assert.deepEqual(new Set((await backend.claim(hashes, by)).map(({ kind }) => kind)), new Set(["held"]));
    place.now += 30_000;
    assert.deepEqual(new Set((await backend.claim(hashes, by)).map(({ kind }) => kind)), new Set(["claimed"]));
    await member.leave();
  });
});

Deno.test("sqlite: invalid rows do not hide valid ones", async () => {
  const rows = Array.from({ length: 3000 }, (_, n) => `(' ${n}', x'00')`).join();
  const sql = `
    INSERT INTO results (hash, bytes) VALUES ${rows}, (x'ff', x'00');
    INSERT INTO failures (hash, token, bytes) SELECT hash, 'x', bytes FROM results WHERE hash <> '${hash}';
    INSERT INTO failures (hash, token, bytes) VALUES ('${hashOf(3)}', x'00', 'text');
    INSERT INTO locks SELECT hash, 'x', 'nobody' FROM failures WHERE typeof(hash) = 'text';
    INSERT INTO changes (kind, hash) VALUES ('finished', x'00'), (x'00', '${hash}'), ('finished', ' 1');
    INSERT INTO codes VALUES (x'00', 'a'), ('0123456789abcdef', 'b'), ('../a', 'c')`;
  await using place = new SqlitePlace();
  const early = await place.open();
  await early.complete([{ hash, bytes, lock: undefined }]);
  await early.waitForChange(AbortSignal.timeout(10_000));
  const db = new DatabaseSync(place.path);
  db.exec(sql);
  db.close();
  const backend = await place.open();
  assert.deepEqual(await collect(backend.list()), [hash]);
  assert.deepEqual((await collect(backend.listFailures())).map((failure) => failure.hash), [hashOf(3)]);
  assert.deepEqual((await collect(backend.listLocks())).map((lock) => lock.hash), [hashOf(3)]);
  assert.deepEqual(await backend.codes?.list(), [{ id: "0123456789abcdef", text: "b" }]);
  await backend.complete([{ hash: hashOf(4), bytes, lock: undefined }]);
  assert.deepEqual(await early.waitForChange(AbortSignal.timeout(10_000)), [{ kind: "finished", hash: hashOf(4) }]);
});

Deno.test("sqlite: invalid values about runs, processes and durations do not hide valid ones", async () => {
  const values = [
    "7, 1000, 2000, 8",
    "x'ff', 'early', 2000, 'w'",
    "'m.f', 1e999, 2000, 'w'",
    "'m.f', 9223372036854775807, 2000, NULL",
    "'m.f', 1000, 9223372036854775807, 'w'",
  ];
  const runs = values.map((text, n) => `
    INSERT INTO results (hash, name, start, finish, worker, code, args, bytes)
    VALUES ('${hashOf(10 + n)}', ${text}, 'no code', '${"x".repeat(201)}', 'text')`);
  const rows = [
    ...runs,
    `INSERT INTO processes VALUES ('../a', 'h', 1, 1, NULL, NULL), (x'ff', 'h', 1, 1, NULL, NULL),
       ('odd', x'41', 9223372036854775807, 'early', 1e999, '${"x".repeat(2000)}')`,
    `INSERT INTO durations VALUES ('m.f', -1, 1, 1, 1), ('m.f', 0.5, 1, 1, 1), ('m.f', 600, 1, 1, 1),
       ('m.f', 8, 1e999, 1, 1), (x'ff', 8, 1, 1, 1), ('m.f', 16, 3, 12, 4)`,
  ];
  await withRows(rows.join(";"), async (place) => {
    const backend = await place.open();
    const listed = (await collect(backend.listRuns?.() ?? [])).map(({ hash, name, worker }) => [hash, name, worker]);
    assert.deepEqual(
      listed,
      [[hashOf(10), "7", "8"], [hashOf(11), "\ufffd", "w"], [hashOf(14), "m.f", "w"]].toSorted(),
    );
    for (const run of await collect(backend.listRuns?.() ?? [])) {
      assert.deepEqual([run.code, run.args], [undefined, undefined]);
    }
    const unknown = { host: "A", pid: undefined, started: 0, left: undefined };
    assert.deepEqual(await collect(listProcesses(backend)), [
      { id: "odd", ...unknown, options: "x".repeat(1000), state: "dead" },
    ]);
    const classes = new Map([[16, 3]]);
    assert.deepEqual(await listDurations(backend), [{ name: "m.f", count: 3, total: 12, longest: 4, classes }]);
    const info = { name: "m.f", start: 0, finish: 4, worker: "w" };
    await backend.complete([{ hash: hashOf(2), bytes, lock: undefined, info }]);
    assert.equal((await listDurations(backend))[0]?.count, 4);
  });
});

Deno.test("sqlite: a result that is not a blob is returned as bytes, and can be discarded as damaged", async () => {
  const rows = `INSERT INTO results (hash, bytes) VALUES ('${hashOf(2)}', 'text'), ('${hashOf(3)}', 7)`;
  await withRows(rows, async (place) => {
    const backend = await place.open();
    const [text, number] = await backend.load(hashesOf(2, 2));
    assert(text !== undefined && number !== undefined);
    assert.deepEqual([text, number].map((found) => new TextDecoder().decode(found)), ["text", "7"]);
    assert.equal(await backend.discard(hashOf(2), text), true);
    assert.equal(await backend.discard(hashOf(3), number), true);
    assert.deepEqual(await collect(backend.list()), [hash]);
  });
});

Deno.test("memory:FILE: an entry whose length is invalid or too large is refused", async () => {
  await withTempDir(async (folder) => {
    const path = `${folder}/store`;
    // A negative length that would send the reader back to the start of the entry.
    const back = `-${`{"kind":"result","hash":"${hash}","length":-99}`.length + 2}`;
    for (const length of [back, "-1", "1.5", "1e300", "9007199254740991", "9"]) {
      for (const entry of [`"kind":"result"`, `"kind":"failure","token":"a.0.b"`]) {
        Deno.writeTextFileSync(path, `jug memory 1\n{${entry},"hash":"${hash}","length":${length}}\nresult\n1\n`);
        await assert.rejects(
          openBackend(`memory:${path}`),
          (error) => isJugError(error) && error.message.includes("not a complete jug file"),
          length,
        );
      }
    }
    Deno.writeTextFileSync(
      path,
      `jug memory 1\n{"kind":"failure","hash":"${hash}","token":"../a b","length":1}\nx\n1\n`,
    );
    await assert.rejects(openBackend(`memory:${path}`), isJugError);
  });
});

if (hasRedis) {
  Deno.test("redis: invalid locks, failures and codes do no harm, and do not hide valid ones", async () => {
    await using server = await startRedis();
    const backend = await redisBackend({ address: `${server.address}?prefix=odd` });
    await server.command("HSET", "jug:{odd}:locks", hash, "*.\r\n../x", "no hash", "a.0.b", hashOf(2), "a.0.b");
    await server.command("HSET", "jug:{odd}:failures", hash, "\x1b[2J", "no hash", "a.0.b");
    await server.command("HSET", "jug:{odd}:results", "no hash", "=x", hashOf(3), "=x");
    await server.command("HSET", "jug:{odd}:codes", "../a", "x", "0123456789abcdef", "b");
    const locks = await collect(backend.listLocks());
    assert.deepEqual(
      new Map(locks.map((lock) => [lock.hash, lock.owner])),
      new Map([[hash, "unknown"], [hashOf(2), "a"]]),
    );
    assert.deepEqual((await collect(backend.listFailures())).map((failure) => failure.hash), [hash]);
    assert.deepEqual(await collect(backend.list()), [hashOf(3)]);
    assert.deepEqual(await backend.codes?.list(), [{ id: "0123456789abcdef", text: "b" }]);
    for (const line of ["q" + hash, "fnone", `f${hash}f`]) {
      await server.command("XADD", "jug:{odd}:changes", "*", "c", line);
    }
    assert.deepEqual(await backend.waitForChange(AbortSignal.timeout(10_000)), [{ kind: "finished", hash }]);
    await server.command("SET", "jug:{odd}:owner:*", "1");
    const by = { owner: newOwner(), thread: 0 };
    await backend.join(by.owner);
    assert.deepEqual(await backend.claim([hash], by), [{ kind: "held", owner: "unknown" }]);
    await backend.close();
  });
} else {
  Deno.test.ignore("redis: invalid locks, failures and codes: no redis-server here", () => {});
}
