import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { openBackend } from "../../../backends/open.ts";
import { sqliteBackend } from "../../../backends/sqlite.ts";
import { Connection } from "../../../backends/sqlite/connection.ts";
import { networkFileSystem } from "../../../backends/sqlite/network.ts";
import { isJugError } from "../../../core/errors.ts";
import { backendContract, collect, hashesOf, hashOf, lockOf, newOwner } from "../backend_contract.ts";
import { startOwner } from "../../support/file/file_processes.ts";
import { canMount, withSmallDisk } from "../../support/small_disk.ts";
import { SqlitePlace } from "../../support/sqlite_place.ts";

const bytes = new TextEncoder().encode("result");
const hash = hashOf(1);

function refusal(...parts: string[]): (error: unknown) => boolean {
  return (error) => {
    assert(isJugError(error), String(error));
    assert.equal(error.kind, "backend");
    assert(error.remedy !== undefined);
    for (const part of parts) assert(error.message.includes(part), `${part} in ${error.message}`);
    return true;
  };
}

backendContract("sqlite backend", () => {
  const place = new SqlitePlace();
  return Promise.resolve({
    open: () => place.open(),
    passTime(ms) {
      place.now += ms;
      return Promise.resolve();
    },
    claimAndDie: (owner, hashes) => place.claimAndDie(owner, hashes),
    dispose: () => place[Symbol.asyncDispose](),
  });
});

Deno.test("sqlite backend: reading a database that does not exist creates nothing", async () => {
  await using place = new SqlitePlace();
  const backend = await openBackend(place.address);
  assert.deepEqual(await backend.has([hash]), new Set());
  assert.deepEqual(await collect(backend.list()), []);
  assert.deepEqual(await collect(backend.listLocks()), []);
  assert.deepEqual(await backend.loadFailures([hash]), [undefined]);
  assert.deepEqual(await backend.remove([hash]), new Set());
  assert.equal(await backend.removeLocks([hash]), 0);
  assert.deepEqual(await backend.waitForChange(AbortSignal.timeout(20)), []);
  await backend.close();
  assert.deepEqual(place.names(), []);
});

Deno.test("sqlite backend: `create` creates the file at once, and missing folders", async () => {
  await using place = new SqlitePlace();
  const backend = await openBackend(`sqlite:${place.folder}/a/b.jugdb`, { create: true });
  await backend.close();
  assert.deepEqual([...Deno.readDirSync(`${place.folder}/a`)].map(({ name }) => name), ["b.jugdb"]);
});

Deno.test("sqlite backend: when all owners have left and all backends are closed, one file is left", async () => {
  await using place = new SqlitePlace();
  const [one, other] = [await place.open(), await place.open()];
  const by = { owner: newOwner(), thread: 0 };
  const members = [await one.join(by.owner), await other.join(newOwner())];
  assert(place.names().includes("primes.jugdb-workers"));
  const [claim] = await one.claim([hash], by);
  await one.complete([{ hash, bytes, lock: lockOf(claim) }]);
  for (const member of members) await member.leave();
  for (const backend of [one, other]) await backend.close();
  assert.deepEqual(place.names(), ["primes.jugdb"]);
  assert.deepEqual(await (await place.open()).load([hash]), [bytes]);
});

Deno.test("sqlite backend: joining removes leftovers of dead owners, and nothing of live ones", async () => {
  await using place = new SqlitePlace();
  const living = newOwner();
  const member = await (await place.open()).join(living);
  await place.claimAndDie(newOwner(), [hash]);
  const next = newOwner();
  const second = await (await place.open()).join(next);
  const workers = [...Deno.readDirSync(`${place.path}-workers`)].map(({ name }) => name);
  assert.deepEqual(workers.sort(), [living.id, next.id].sort());
  await member.leave();
  await second.leave();
});

Deno.test("sqlite backend: if worker files cannot be created, only expired leases reveal a death", async () => {
  await using place = new SqlitePlace();
  const backend = await place.open();
  const blind = newOwner();
  const other = startOwner(place.address, ["--allow-read", `--allow-write=${place.path}`]);
  try {
    assert.equal(await other.tell({ do: "join", owner: blind, renewMs: 1_000_000 }), null);
    await other.tell({ do: "claim", hashes: [hash] });
  } finally {
    await other.kill();
  }
  const by = { owner: newOwner(), thread: 0 };
  const member = await backend.join(by.owner);
  assert.deepEqual(await backend.claim([hash], by), [{ kind: "held", owner: blind.id }]);
  assert.equal((await collect(backend.listLocks()))[0]?.state, "unknown");
  place.now += blind.leaseMs;
  const [claim] = await backend.claim([hash], by);
  assert(claim?.kind === "claimed" && claim.stolen);
  await member.leave();
});

Deno.test("sqlite backend: old changes are dropped, and a slow reader continues with the remaining ones", async () => {
  await using place = new SqlitePlace();
  const [writer, reader] = [await place.open(), await place.open()];
  for (let turn = 0; turn < 23; turn++) {
    await writer.complete(hashesOf(5000, turn * 5000).map((hash) => ({ hash, bytes, lock: undefined })));
  }
  const db = new DatabaseSync(place.path);
  const count = db.prepare("SELECT count(*) AS n FROM changes").get()?.["n"];
  db.close();
  assert.equal(count, 100_000 + 5000);
  const seen = await reader.waitForChange(AbortSignal.timeout(60_000));
  assert.deepEqual(seen[0], { kind: "finished", hash: hashOf(10_000) });
});

Deno.test("sqlite backend: a file that is no database, is foreign, or has a newer format is refused", async () => {
  await using place = new SqlitePlace();
  Deno.writeTextFileSync(place.path, "no database at all\n".repeat(100));
  await assert.rejects(openBackend(place.address), refusal("the file is not a database", "--jugdir"));
  Deno.removeSync(place.path);
  const db = new DatabaseSync(place.path);
  db.exec("CREATE TABLE mine (x)");
  await assert.rejects(openBackend(place.address), refusal("a database of another program"));
  db.exec("DROP TABLE mine; PRAGMA application_id = 0x6a756731; PRAGMA user_version = 7");
  db.close();
  await assert.rejects(openBackend(place.address, { create: true }), refusal("has format 7", "knows format 2"));
});

Deno.test("sqlite backend: a folder in place of the file is refused", async () => {
  await using place = new SqlitePlace();
  Deno.mkdirSync(place.path);
  await assert.rejects(openBackend(place.address), refusal("is a folder, not a file"));
});

Deno.test("sqlite backend: an address without a file is refused", async () => {
  await assert.rejects(openBackend("sqlite:"), { kind: "usage" });
});

Deno.test("sqlite backend: a file replaced or removed while in use is noticed before anything is lost", async () => {
  await using place = new SqlitePlace();
  const backend = await place.open();
  const member = await backend.join(newOwner());
  await backend.complete([{ hash, bytes, lock: undefined }]);
  Deno.renameSync(place.path, `${place.path}.old`);
  await assert.rejects(
    backend.complete([{ hash: hashOf(2), bytes, lock: undefined }]),
    refusal("removed or replaced", "run again"),
  );
  Deno.writeTextFileSync(place.path, "");
  await assert.rejects(backend.has([hash]), refusal("removed or replaced"));
  await assert.rejects(member.renew(), refusal("removed or replaced"));
  Deno.renameSync(`${place.path}.old`, place.path);
  assert.deepEqual(await backend.complete([{ hash: hashOf(2), bytes, lock: undefined }]), ["stored"]);
  await member.leave();
});

/** Locks the database from another process, until the returned function is called. */
async function lockElsewhere(path: string): Promise<() => Promise<void>> {
  const code = `
    import { DatabaseSync } from "node:sqlite";
    const db = new DatabaseSync(Deno.args[0]);
    db.exec("BEGIN IMMEDIATE");
    console.log("locked");
    await Deno.stdin.read(new Uint8Array(1));
    db.exec("COMMIT");
  `;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-prompt", "--ext=ts", `data:application/typescript,${encodeURIComponent(code)}`, path],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  return async () => {
    await child.stdin.close();
    await reader.cancel();
    await child.status;
  };
}

Deno.test("sqlite backend: a lock of ten seconds by another program is waited for, and nothing is stolen", async () => {
  await using place = new SqlitePlace();
  const backend = await place.open();
  const [holder, thief] = [newOwner({ leaseMs: 5000 }), newOwner()];
  const other = await place.open();
  const member = await backend.join(holder);
  const second = await other.join(thief);
  await backend.claim([hash], { owner: holder, thread: 0 });
  const [first] = await other.claim([hash], { owner: thief, thread: 0 });
  assert.equal(first?.kind, "held");
  const unlock = await lockElsewhere(place.path);
  const claiming = other.claim([hash], { owner: thief, thread: 0 });
  const completing = backend.complete([{ hash: hashOf(2), bytes, lock: undefined }]);
  let isDone = false;
  void Promise.race([claiming, completing]).then(() => isDone = true);
  assert.deepEqual(await backend.has([hashOf(2)]), new Set(), "reading is still possible");
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  assert.equal(isDone, false);
  // No owner could renew for longer than its lease.
  place.now += 10_000;
  await unlock();
  assert.equal((await claiming)[0]?.kind, "held");
  assert.deepEqual(await completing, ["stored"]);
  await member.leave();
  await second.leave();
});

Deno.test("sqlite backend: a database that stays locked is an error in the end, and nothing is stored", async () => {
  await using place = new SqlitePlace();
  const backend = await place.open({ busyLimitMs: 300 });
  await backend.complete([{ hash, bytes, lock: undefined }]);
  const unlock = await lockElsewhere(place.path);
  const failing = backend.complete([{ hash: hashOf(2), bytes, lock: undefined }]);
  await assert.rejects(failing, refusal("was locked by another program", "End that program's transaction"));
  await unlock();
  assert.deepEqual(await collect(backend.list()), [hash]);
});

Deno.test({
  name: "sqlite backend: a full disk is reported, and stores no part of the batch (needs root to mount one)",
  ignore: !canMount(),
  fn: () =>
    withSmallDisk("size=512k", async ({ folder }) => {
      const backend = await sqliteBackend({ path: `${folder}/primes.jugdb` });
      const by = { owner: newOwner(), thread: 0 };
      const member = await backend.join(by.owner);
      const [first, second] = await backend.claim(hashesOf(2), by);
      const small = { hash: hashOf(0), bytes, lock: lockOf(first) };
      const large = { hash: hashOf(1), bytes: new Uint8Array(2_000_000), lock: lockOf(second) };
      await assert.rejects(backend.complete([small, large]), refusal("the disk is full", "Free some space"));
      assert.deepEqual(await collect(backend.list()), []);
      assert.equal((await collect(backend.listLocks())).length, 2);
      assert.deepEqual(await backend.complete([small]), ["stored"]);
      await member.leave();
      await backend.close();
    }),
});

Deno.test({
  name: "sqlite backend: a database on a read-only disk can be read (needs root to mount one)",
  ignore: !canMount(),
  fn: () =>
    withSmallDisk("size=1m", async ({ folder, remount }) => {
      const path = `${folder}/primes.jugdb`;
      const writer = await sqliteBackend({ path });
      await writer.complete([{ hash, bytes, lock: undefined }]);
      await writer.close();
      remount("ro");
      const reader = await sqliteBackend({ path });
      try {
        assert.deepEqual(await collect(reader.list()), [hash]);
        await assert.rejects(reader.join(newOwner()), refusal("read-only"));
      } finally {
        await reader.close();
      }
    }),
});

Deno.test("sqlite backend: the error about a missing permission names the flag", async () => {
  await using place = new SqlitePlace();
  const reader = startOwner(place.address, ["--allow-read"]);
  try {
    const answer = JSON.stringify(await reader.tell({ do: "join", owner: newOwner(), renewMs: 1_000_000 }));
    assert(answer.includes(`--allow-write=${place.path}`), answer);
  } finally {
    await reader.kill();
  }
});

Deno.test("sqlite backend: a network file system is recognized in the list of mounts", () => {
  const mounts = [
    "/dev/sda1 / ext4 rw 0 0",
    "server:/home /home nfs4 rw 0 0",
    "tmpfs /home/me/local tmpfs rw 0 0",
    "//nas/x /mnt/my\\040share cifs rw 0 0",
    "me@far: /far fuse.sshfs rw 0 0",
    "none /homework ext4 rw 0 0",
  ].join("\n");
  assert.equal(networkFileSystem("/home/me", mounts), "nfs4");
  assert.equal(networkFileSystem("/home/me/local/data", mounts), undefined);
  assert.equal(networkFileSystem("/mnt/my share/jug", mounts), "cifs");
  assert.equal(networkFileSystem("/far", mounts), "fuse.sshfs");
  assert.equal(networkFileSystem("/homework", mounts), undefined);
  assert.equal(networkFileSystem("/var", mounts), undefined);
});

Deno.test("sqlite backend: of very many processes, those that started last are kept", async () => {
  await using place = new SqlitePlace();
  const backend = await place.open();
  await (await backend.join(newOwner())).leave();
  const last = 5120;
  using db = new DatabaseSync(place.path);
  db.exec("DELETE FROM processes; BEGIN");
  const insert = db.prepare("INSERT INTO processes (id, started) VALUES (?, ?)");
  for (let n = 1; n <= last; n++) insert.run(`old-${n}`, n);
  db.exec("COMMIT");
  await backend.join(newOwner({ started: last + 1 }));
  const started = (await collect(backend.listProcesses?.() ?? [])).map((process) => process.started ?? 0);
  assert.deepEqual(started.toSorted((a, b) => a - b), Array.from({ length: 4096 }, (_, n) => last - 4094 + n));
});

Deno.test("sqlite: durable connections sync each transaction, others only at checkpoints", async () => {
  await using place = new SqlitePlace();
  const levelOf = (durable: boolean) => {
    const connection = new Connection(place.path, "write", durable);
    const level = connection.row("PRAGMA synchronous");
    connection.close();
    return level?.["synchronous"];
  };
  new DatabaseSync(place.path).close();
  assert.deepEqual([levelOf(true), levelOf(false)], [2, 1]);
});
