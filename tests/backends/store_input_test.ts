/**
 * A store may contain anything: one test for each row of docs/store-input.md that no other test covers.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { openBackend } from "../../backends/open.ts";
import { redisBackend } from "../../backends/redis.ts";
import { isJugError } from "../../core/errors.ts";
import { collect, hashesOf, hashOf, newOwner } from "./backend_contract.ts";
import { claimantOf, Place } from "../support/file/file_place.ts";
import { hasRedis, startRedis } from "../support/redis/redis_server.ts";
import { SqlitePlace } from "../support/sqlite_place.ts";
import { withTempDir } from "../support/temp_dir.ts";

const bytes = new TextEncoder().encode("result");
const hash = hashOf(1);

Deno.test("file: a lock whose token is too long for a name has an unknown owner, and is free after 30 s", async () => {
  await using place = new Place();
  const backend = place.open();
  const by = claimantOf();
  await place.join(backend, by.owner);
  Deno.writeTextFileSync(`${place.root}/locks/${hash}`, `${"a".repeat(300)}.0.b\n[null,null,1000]\n`);
  assert.deepEqual(await backend.claim([hash], by), [{ kind: "held", owner: "unknown" }]);
  place.now += 30_000;
  assert.equal((await backend.claim([hash], by))[0]?.kind, "claimed");
});

Deno.test("file: a lock with an invalid lease is free after 30 s", async () => {
  for (const lease of ["-1", "1e999", '"long"']) {
    await using place = new Place();
    const backend = place.open();
    const by = claimantOf();
    await place.join(backend, by.owner);
    Deno.writeTextFileSync(`${place.root}/locks/${hash}`, `far.0.b\n["far",null,${lease}]\n`);
    assert.equal((await backend.claim([hash], by))[0]?.kind, "held", lease);
    place.now += 29_000;
    assert.equal((await backend.claim([hash], by))[0]?.kind, "held", lease);
    place.now += 1_000;
    assert.equal((await backend.claim([hash], by))[0]?.kind, "claimed", lease);
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
  Deno.mkdirSync(`${place.root}/steals/${hash}.folder`);
  await place.join(place.open(), newOwner());
  for (const foreign of ["my.notes", "a b", ".snapshot"]) assert(place.names("workers").includes(foreign), foreign);
  assert.deepEqual(place.names("steals"), [`${hash}.folder`]);
});

Deno.test("file: files whose names are neither hashes nor ids are ignored and kept", async () => {
  await using place = new Place();
  const backend = place.open();
  await place.join(backend, newOwner());
  await backend.complete([{ hash, bytes, lock: undefined }]);
  const foreign = ["results/notes", "results/9e/notes", "locks/notes", "failures/notes", "codes/notes", "steals/notes"];
  for (const folder of ["failures", "codes"]) Deno.mkdirSync(`${place.root}/${folder}`);
  for (const name of foreign) Deno.writeTextFileSync(`${place.root}/${name}`, "x");
  assert.deepEqual(await collect(backend.list()), [hash]);
  assert.deepEqual(await collect(backend.listLocks()), []);
  assert.deepEqual(await collect(backend.listFailures()), []);
  assert.deepEqual(await backend.codes?.list(), []);
  await (await place.join(place.open(), newOwner())).leave();
  for (const name of foreign) assert.equal(Deno.readTextFileSync(`${place.root}/${name}`), "x");
});

Deno.test("file: a format that is not a version is not shown", async () => {
  await using place = new Place();
  Deno.mkdirSync(place.root);
  Deno.writeTextFileSync(`${place.root}/format`, "jug file backend\nformat \x1b[2J7\n");
  assert.throws(() => place.open(), (error) => isJugError(error) && /has content that jug/.test(error.message));
});

Deno.test("file: a pack whose index points outside the pack is damaged", async () => {
  await using place = new Place();
  await place.join(place.open(), newOwner());
  Deno.mkdirSync(`${place.root}/packs`);
  const head = Buffer.from("jug pack 1\n");
  const entry = Buffer.alloc(32);
  entry.write(hash, 0, "hex");
  entry.writeBigUInt64LE(11n, 20);
  entry.writeUInt32LE(0xffff_ffff, 28);
  const footer = Buffer.alloc(12);
  footer.writeBigUInt64LE(BigInt(head.length));
  footer.writeUInt32LE(1, 8);
  const digest = createHash("sha256").update(entry).digest().subarray(0, 16);
  const whole = Buffer.concat([head, entry, footer, digest, Buffer.from("jugpack1")]);
  Deno.writeFileSync(`${place.root}/packs/a-0.pack`, whole);
  const backend = place.open();
  assert.deepEqual(await backend.has([hash]), new Set());
  assert.deepEqual(await backend.load([hash]), [undefined]);
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
    INSERT INTO results VALUES ${rows}, (x'ff', x'00');
    INSERT INTO failures SELECT hash, 'x', bytes FROM results WHERE hash <> '${hash}';
    INSERT INTO failures VALUES ('${hashOf(3)}', x'00', 'text');
    INSERT INTO locks SELECT hash, 'x', 'nobody' FROM failures WHERE typeof(hash) = 'text';
    INSERT INTO changes (kind, hash) VALUES ('finished', x'00'), (x'00', '${hash}'), ('finished', ' 1');
    CREATE TABLE codes (id TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
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

Deno.test("sqlite: a result that is not a blob is returned as bytes, and can be discarded as damaged", async () => {
  await withRows(`INSERT INTO results VALUES ('${hashOf(2)}', 'text'), ('${hashOf(3)}', 7)`, async (place) => {
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
