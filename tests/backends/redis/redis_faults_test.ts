import assert from "node:assert/strict";
import type { Backend } from "../../../backends/backend.ts";
import { redisBackend } from "../../../backends/redis.ts";
import { isJugError, type JugError } from "../../../core/errors.ts";
import { collect, hashesOf, hashOf, lockOf, newOwner } from "../backend_contract.ts";
import { freePort, hasOpenssl, hasRedis, type RedisServer, startRedis } from "../../support/redis/redis_server.ts";
import { runJug } from "../../support/run_jug.ts";
import { startProxy } from "../../support/redis/tcp_proxy.ts";
import { sampleJugfile } from "../../support/campaign/watch.ts";

const bytes = new TextEncoder().encode("result");
const hash = hashOf(1);
const never = new AbortController().signal;

function test(title: string, body: () => Promise<void>): void {
  Deno.test({ name: `redis: ${title}`, ignore: !hasRedis, fn: body });
}

/** Returns the error that opening this address throws. */
async function refusal(address: string, create = true): Promise<JugError> {
  try {
    const backend = await redisBackend({ address, create });
    await backend.close();
  } catch (error) {
    assert(isJugError(error), String(error));
    return error;
  }
  throw new Error("it was opened");
}

function assertSays(error: JugError, ...parts: RegExp[]): void {
  assert.equal(error.kind, "backend");
  assert(error.remedy !== undefined);
  for (const part of parts) assert.match(error.message, part);
}

async function claimOne(backend: Backend) {
  const owner = newOwner({ leaseMs: 60_000 });
  const member = await backend.join(owner);
  const [outcome] = await backend.claim([hash], { owner, thread: 0 });
  return { owner, member, lock: lockOf(outcome) };
}

Deno.test("redis: an invalid address is refused, and no part of it that may be secret is shown", async () => {
  const cases: [string, RegExp][] = [
    ["redis://ann:sesame@", /parsed|host is missing/],
    ["redis://ann:sesame@host:port", /cannot be parsed/],
    ["redis://:ses%ame@host", /a % that does not begin an escape/],
    ["redis://:sesame@host/first", /not a database number/],
    ["redis://:sesame@host?prefix={a}", /prefix/],
    ["redis://:sesame@host?prefx=a", /unknown option\n.*options after the question mark are prefix, part/],
    ["redis://:pass@host?ca=sesame", /unknown option/],
    ["redis://ann:12?34sesame@host", /unknown option\n.*as %2F %3F %23 %40/],
    ["redis://ann:12/34sesame@host", /not a database number\n.*as %2F %3F %23 %40/],
    ["redis://ann:sesame#more@host", /cannot be parsed\n.*as %2F %3F %23 %40/],
    ["redis://ann:12#34sesame@host", /it contains a #\n.*as %2F %3F %23 %40/],
    ["redis://sesame@host", /a user name without a password\n.*redis:\/\/:PASSWORD@host/],
    ["rediss://sesame:@host", /a user name without a password\n.*rediss:\/\/:PASSWORD@host/],
    ["unix:/s.sock?sesame", /unknown option\n.*user, password/],
    ["unix:/s.sock?password=sesame&password=sesame", /option password twice/],
    ["redis://:sesame@host/2?db=3", /names the database twice/],
    ["redis://:sesame@host?cluster=yes", /option cluster must be 1/],
    ["redis://:sesame@host?part=0", /option part must be a whole number, at least 1/],
    ["unix:?password=sesame", /path of the socket is missing/],
    ["redis://one,,two", /host is missing/],
    ["redis://:sesame@one,,two", /cannot be parsed/],
    ["redis://:sesame@one,two:port", /cannot be parsed/],
    ["redis://:pass@host?sentinel_password=sesame", /unknown option/],
    [
      "redis+sentinel://:sesame@host",
      /name under which the Sentinels know the servers.*\n.*redis\+sentinel:\/\/.*\/NAME/,
    ],
    ["redis+sentinel://:sesame@host/tasks/first", /the part after the name is not a database number/],
    ["redis+sentinel://sesame@host/tasks", /a user name without a password/],
    ["rediss+sentinel://host/tasks?sentinel_pasword=sesame", /unknown option\n.*sentinel_user, sentinel_password, ca/],
  ];
  for (const [address, pattern] of cases) {
    await assert.rejects(redisBackend({ address }), (error) => {
      assert(isJugError(error) && error.kind === "usage" && error.remedy !== undefined);
      assert.match(error.message, pattern);
      assert(!error.message.includes("sesame"), error.message);
      return true;
    });
  }
});

Deno.test("redis: a missing server is reported at once", async () => {
  assertSays(await refusal(`redis://127.0.0.1:${freePort()}?prefix=p`), /no server answers there/, /redis-server/);
  assertSays(await refusal("unix:/nowhere/redis.sock"), /"unix:\/nowhere\/redis.sock\?prefix=jug": no server answers/);
  assertSays(await refusal("redis://no-such-host.invalid"), /the host is unknown/);
});

Deno.test("redis: a server that is not Redis is recognized", async () => {
  const web = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => new Response("hello"));
  assertSays(await refusal(`redis://127.0.0.1:${web.addr.port}`), /not a Redis server/);
  await web.shutdown();
});

test("a wrong, missing or unnecessary password is reported, and never printed", async () => {
  await using server = await startRedis({ settings: { requirepass: "open-sesame" } });
  const at = (credentials: string) => `redis://${credentials}127.0.0.1:${server.port}`;
  const wrong = await refusal(at(":wrong-sesame@"));
  assertSays(wrong, /does not accept the password: WRONGPASS/);
  assert(!wrong.message.includes("wrong-sesame"));
  assertSays(await refusal(at("")), /does not accept the password: NOAUTH/);
  const backend = await redisBackend({ address: at("default:open-sesame@") });
  assert.equal(backend.address, `redis://default@127.0.0.1:${server.port}/0?prefix=jug`);
  await backend.close();
  await using open = await startRedis();
  assertSays(await refusal(`redis://:sesame@127.0.0.1:${open.port}`), /does not use a password|does not accept/);
});

test("no command prints the password, not even with --verbose debug", async () => {
  await using server = await startRedis({ settings: { requirepass: "open-sesame" } });
  const jugfile = sampleJugfile("many.ts");
  const addresses = [
    `redis://:open-sesame@127.0.0.1:${server.port}`,
    `unix:${server.socket}?password=open-sesame`,
    `redis://:bad-sesame@127.0.0.1:${server.port}`,
    `redis://:open-sesame@127.0.0.1:${freePort()}`,
    `redis://:open-sesame@127.0.0.1:${server.port}/99`,
    `redis://:open-sesame@127.0.0.1:${server.port}?what=1`,
  ];
  for (const address of addresses) {
    const isGood = address === addresses[0] || address === addresses[1];
    for (const command of isGood ? ["execute", "status"] : ["execute"]) {
      const more = command === "status" ? ["--json"] : [];
      const run = await runJug([command, jugfile, "5", "--jugdir", address, "--verbose", "debug", ...more]);
      assert.equal(run.code === 0, isGood, run.stderr);
      assert(!`${run.stdout}${run.stderr}`.includes("sesame"), run.stderr);
    }
  }
});

test("a database that does not exist is reported", async () => {
  await using server = await startRedis();
  assertSays(await refusal(`${server.address}/99`), /no such database/);
});

test("a certificate that cannot be verified is refused, and a connection without TLS, too", async () => {
  if (!hasOpenssl) return;
  await using server = await startRedis({ tls: true });
  assertSays(await refusal(`rediss://localhost:${server.port}`), /no trusted connection/, /\?ca=FILE/);
  assertSays(
    await refusal(`rediss://localhost:${server.port}?ca=/nowhere/ca.crt`),
    /ca=\/nowhere\/ca.crt cannot be read/,
  );
  assertSays(await refusal(`redis://localhost:${server.port}`), /with TLS needs rediss:\/\//);
  await using plain = await startRedis();
  const error = await refusal(`rediss://localhost:${plain.port}`);
  assertSays(error, /does not answer|connection broke/, /without TLS needs redis:\/\//);
});

test("a lease need not be a whole number of milliseconds", async () => {
  await using server = await startRedis();
  const backend = await redisBackend({ address: server.address });
  const owner = newOwner({ leaseMs: 60_009.99 });
  const member = await backend.join(owner);
  await member.renew();
  await server.command("DEL", `jug:{jug}:owner:${owner.id}`);
  assert.equal((await backend.claim([hash], { owner, thread: 0 }))[0]?.kind, "claimed");
  assert.equal(await server.command("EXISTS", `jug:{jug}:owner:${owner.id}`), 1);
  await backend.close();
});

test("a replica can be read, and refuses workers", async () => {
  await using primary = await startRedis({ settings: { "repl-diskless-sync-delay": "0" } });
  const writer = await redisBackend({ address: primary.address, create: true });
  await writer.complete([{ hash, bytes, lock: undefined }]);
  await writer.close();
  await using replica = await startRedis({ settings: { replicaof: `127.0.0.1 ${primary.port}` } });
  await until(async () => String(await replica.command("INFO", "replication")).includes("master_link_status:up"));
  const reader = await redisBackend({ address: replica.address });
  assert.deepEqual(await collect(reader.list()), [hash]);
  await assert.rejects(reader.join(newOwner()), /read-only replica(.|\n)*primary/);
  await reader.close();
});

test("a foreign value under one of jug's keys is reported, and an invalid result can be discarded", async () => {
  await using server = await startRedis();
  await server.command("LPUSH", "jug:{mine}:results", "x");
  assertSays(
    await refusal(`${server.address}?prefix=mine`),
    /key jug:\{mine\}:results holds a list that jug did not write/,
  );
  await server.command("SET", "jug:{old}:format", "jug 7");
  assertSays(await refusal(`${server.address}?prefix=old`), /its format is "jug 7", not "jug 2"/);

  await server.command("HSET", "jug:{many}:results", hash, "=rubbish", "no hash at all", "x", hashOf(2), "@a-b 3 300");
  const backend = await redisBackend({ address: `${server.address}?prefix=many` });
  assert.deepEqual(new Set(await collect(backend.list())), new Set([hash, hashOf(2)]));
  assert.deepEqual((await backend.load([hashOf(2)]))[0]?.length, 0);
  assert.equal(await backend.discard(hashOf(2), new Uint8Array(0)), true);
  await server.command("DEL", "jug:{many}:locks");
  await server.command("SET", "jug:{many}:locks", "x");
  await assert.rejects(backend.claim([hashOf(2)], { owner: newOwner(), thread: 0 }), /a value that jug did not write/);
  await backend.close();
});

test("a server whose memory is full stores no partial result, and locks can still be released", async () => {
  await using server = await startRedis();
  const backend = await redisBackend({ address: `${server.address}?part=1000`, create: true });
  const { member, lock } = await claimOne(backend);
  await server.command("CONFIG", "SET", "maxmemory", "1");
  await assert.rejects(backend.complete([{ hash, bytes, lock }]), /memory is full(.|\n)*maxmemory/);
  await assert.rejects(backend.complete([{ hash, bytes: new Uint8Array(5000), lock }]), /memory is full/);
  await member.renew();
  assert.equal((await collect(backend.listLocks())).length, 1);
  await member.leave();
  assert.deepEqual(await collect(backend.listLocks()), []);
  await server.command("CONFIG", "SET", "maxmemory", "0");
  assert.deepEqual(await backend.has([hash]), new Set());
  assert.deepEqual(await backend.complete([{ hash, bytes, lock: undefined }]), ["stored"]);
  await backend.close();
});

test("a server that evicts parts of an incomplete result is given up, and the setting is named", async () => {
  await using server = await startRedis();
  const backend = await redisBackend({ address: `${server.address}?part=100000`, create: true });
  await server.command("CONFIG", "SET", "maxmemory", "4mb", "maxmemory-policy", "volatile-lru");
  const completing = backend.complete([{ hash, bytes: new Uint8Array(10_000_000), lock: undefined }]);
  await assert.rejects(completing, (error) => {
    assert(isJugError(error));
    assertSays(
      error,
      /lost parts of a result of 10000000 bytes before all 100 were uploaded, 3 times/,
      /maxmemory-policy/,
    );
    return true;
  });
  assert.deepEqual((await keysOf(server)).filter((key) => key.includes(":part:")), []);
  assert.deepEqual(await backend.complete([{ hash, bytes: new Uint8Array(500_000), lock: undefined }]), ["stored"]);
  await backend.close();
});

test("a connection lost between claim and complete is restored, and the result is stored once", async () => {
  await using server = await startRedis();
  using line = startProxy({ target: server.port });
  const backend = await redisBackend({ address: `redis://127.0.0.1:${line.port}` });
  const { lock, member } = await claimOne(backend);
  line.cut();
  assert.deepEqual(await backend.complete([{ hash, bytes, lock }]), ["stored"]);
  assert.deepEqual(await collect(backend.listLocks()), []);
  await member.leave();
  await backend.close();
});

test("a claim or completion whose reply was lost has the same outcome when it is sent again", async () => {
  await using server = await startRedis();
  using line = startProxy({ target: server.port });
  const backend = await redisBackend({ address: `redis://127.0.0.1:${line.port}` });
  const owner = newOwner({ leaseMs: 60_000 });
  const member = await backend.join(owner);
  const lose = async <T>(answer: () => Promise<T>, isDone: () => Promise<boolean>): Promise<T> => {
    line.isDeaf = true;
    const asked = answer();
    await until(isDone);
    line.isDeaf = false;
    line.cut();
    return await asked;
  };
  // Make the server load the scripts: its reply that it does not know one would be lost as well.
  const [other] = await backend.claim([hashOf(2)], { owner, thread: 0 });
  await backend.complete([{ hash: hashOf(2), bytes, lock: lockOf(other) }]);

  const isLocked = async () => await server.command("HEXISTS", "jug:{jug}:locks", hash) === 1;
  const [outcome] = await lose(() => backend.claim([hash], { owner, thread: 0 }), isLocked);
  const lock = lockOf(outcome);
  assert.equal(lock.token, await server.command("HGET", "jug:{jug}:locks", hash));

  const isStored = async () => await server.command("HEXISTS", "jug:{jug}:results", hash) === 1;
  await lose(() => backend.complete([{ hash, bytes, lock }]), isStored);
  assert.deepEqual((await backend.load([hash]))[0], bytes);
  assert.deepEqual(await collect(backend.listLocks()), []);
  await member.leave();
  await backend.close();
});

test("a script that the server forgot is loaded again", async () => {
  await using server = await startRedis();
  const backend = await redisBackend({ address: server.address });
  assert.deepEqual(await backend.has([hash]), new Set());
  await server.command("SCRIPT", "FLUSH");
  assert.deepEqual(await backend.has([hash]), new Set());
  await backend.close();
});

test("a server that was down is waited for, and a waiting backend receives the missed changes", async () => {
  await using server = await startRedis({ isPersistent: true });
  const backend = await redisBackend({ address: server.address });
  const waiting = backend.waitForChange(never);
  const { lock, member } = await claimOne(backend);
  await server.stop("SIGKILL");
  const completing = backend.complete([{ hash, bytes, lock }]);
  await server.start();
  assert.deepEqual(await completing, ["stored"]);
  assert.deepEqual(await waiting, [{ kind: "finished", hash }]);
  await member.leave();
  await backend.close();
});

test("a server that is still loading its saved data is waited for", async () => {
  // Microseconds per saved command. While loading, the server answers after every thousand of them.
  const settings = { "key-load-delay": "300", requirepass: "sesame" };
  await using server = await startRedis({ isPersistent: true, settings });
  const address = `redis://:sesame@127.0.0.1:${server.port}/1`;
  const first = await redisBackend({ address });
  const hashes = hashesOf(1000);
  await Promise.all(hashes.map((each) => first.complete([{ hash: each, bytes, lock: undefined }])));
  await server.stop();
  const restarting = server.start();
  await until(() => server.command("PING").then(() => false, (error) => /LOADING/.test(String(error))));
  const second = await redisBackend({ address });
  assert.deepEqual(await second.has(hashes), new Set(hashes));
  assert.deepEqual(await first.has(hashes), new Set(hashes));
  await restarting;
  await first.close();
  await second.close();
});

test("a server that stays down is given up after the patience in the address", async () => {
  const server = await startRedis();
  const backend = await redisBackend({ address: `${server.address}?patience=1` });
  const { member } = await claimOne(backend);
  await server[Symbol.asyncDispose]();
  await assert.rejects(backend.has([hash]), /no server answers there/);
  await member.leave();
  await backend.close();
  await assert.rejects(backend.has([hash]), /it was closed/);
});

test("locks that reappear since the server lost the last commands are released by their owner", async () => {
  await using server = await startRedis();
  using line = startProxy({ target: server.port });
  const [backend, other] = [
    await redisBackend({ address: `redis://127.0.0.1:${line.port}` }),
    await redisBackend({ address: server.address }),
  ];
  const [owner, second] = [newOwner({ leaseMs: 60_000 }), newOwner({ leaseMs: 60_000 })];
  const member = await backend.join(owner);
  const hashes = hashesOf(4);
  const locks = (await backend.claim(hashes, { owner, thread: 0 })).map(lockOf);
  const [done, failed, released, held] = locks;
  assert(done !== undefined && failed !== undefined && released !== undefined && held !== undefined);
  const kinds = async () => (await other.claim(hashes, { owner: second, thread: 0 })).map(({ kind }) => kind);
  assert.deepEqual(await kinds(), ["held", "held", "held", "held"]);
  await backend.complete([{ hash: done.hash, bytes, lock: done }]);
  await backend.fail([{ lock: failed, bytes }]);
  await backend.release([released]);
  // As on a replica that was promoted before the last commands reached it, or a server that saves once a second.
  await server.command("DEL", "jug:{jug}:results", "jug:{jug}:failures");
  for (const { hash, token } of locks) await server.command("HSET", "jug:{jug}:locks", hash, token);
  line.cut();
  assert.deepEqual(await backend.has(hashes), new Set());
  await until(async () => await server.command("HLEN", "jug:{jug}:locks") === 1);
  assert.deepEqual(await kinds(), ["claimed", "claimed", "claimed", "held"]);
  assert.deepEqual(await backend.complete([{ hash: held.hash, bytes, lock: held }]), ["stored"]);
  await member.leave();
  await Promise.all([backend.close(), other.close()]);
});

test("a server that is paused and continues is waited for, even beyond a lease", async () => {
  await using server = await startRedis();
  const backend = await redisBackend({ address: server.address });
  const owner = newOwner({ leaseMs: 200 });
  const member = await backend.join(owner);
  const [outcome] = await backend.claim([hash], { owner, thread: 0 });
  const lock = lockOf(outcome);
  server.signal("SIGSTOP");
  const completing = backend.complete([{ hash, bytes, lock }]);
  const renewing = member.renew();
  // Long enough for the lease to expire by the server's clock before it wakes.
  await new Promise((resolve) => setTimeout(resolve, 500));
  server.signal("SIGCONT");
  assert.deepEqual(await completing, ["stored"]);
  await renewing;
  await member.leave();
  assert.deepEqual(await collect(backend.listLocks()), []);
  await backend.close();
});

test("a connection with a delay of 100 ms per packet is used in few round trips", async () => {
  await using server = await startRedis();
  using line = startProxy({ target: server.port, delayMs: 100 });
  const jugfile = sampleJugfile("many.ts");
  const run = await runJug(["execute", jugfile, "500", "--jugdir", `redis://127.0.0.1:${line.port}`]);
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stdout, /^many\.same\s+500\s+0\b/m);
});

test("a large result is stored in parts and visible only when complete", async () => {
  await using server = await startRedis();
  const backend = await redisBackend({ address: `${server.address}?part=100000` });
  const large = new Uint8Array(1_234_567).map((_, index) => index * 31);
  const partCount = async () => (await keysOf(server)).filter((key) => key.includes(":part:")).length;

  // The leftover of a process that was killed before it sent the last part.
  await server.command("SET", "jug:{jug}:part:someone:0", "half", "PX", "3600000");
  assert.deepEqual(await backend.has([hash]), new Set());
  await server.command("DEL", "jug:{jug}:part:someone:0");

  assert.deepEqual(await backend.complete([{ hash, bytes: large, lock: undefined }]), ["stored"]);
  assert.deepEqual(await backend.complete([{ hash, bytes: large.slice(1), lock: undefined }]), ["kept"]);
  const lasting: string[] = [];
  for (const key of await keysOf(server)) if (await server.command("TTL", key) === -1) lasting.push(key);
  assert.equal(lasting.filter((key) => key.includes(":part:")).length, 13, "the parts of the second result expire");
  for (const key of await keysOf(server)) if (!lasting.includes(key)) await server.command("DEL", key);
  assert.deepEqual((await backend.load([hash]))[0], large);

  const [part] = (await keysOf(server)).filter((key) => key.endsWith(":3"));
  await server.command("DEL", part ?? "");
  const [damaged] = await backend.load([hash]);
  assert.equal(damaged?.length, 300_000);
  assert.equal(await backend.discard(hash, damaged), true);
  assert.equal(await partCount(), 0);

  await backend.complete([{ hash, bytes: large, lock: undefined }]);
  assert.deepEqual(await backend.remove([hash]), new Set([hash]));
  assert.equal(await partCount(), 0);
  await backend.close();
});

test("a value that names more parts than possible costs the server no time", async () => {
  await using server = await startRedis();
  const odd = ["@abc 100000000 5", "@abc 100000000 100000000", "@abc 9999 99999999", "@abc 0 0", "@abc 99999999999 7"];
  const address = `${server.address}?patience=3`;
  const backend = await redisBackend({ address, create: true });
  const hashes = odd.map((_, index) => hashOf(index));
  const plant = async () => {
    for (const [index, value] of odd.entries()) {
      await server.command("HSET", "jug:{jug}:results", hashOf(index), value);
    }
  };
  await server.command("CONFIG", "RESETSTAT");
  await plant();
  const loaded = await backend.load(hashes);
  assert.equal(loaded.filter((found) => found === undefined).length, 0);
  assert.deepEqual(await backend.remove(hashes), new Set(hashes));
  await plant();
  for (const [index, hash] of hashes.entries()) {
    assert.equal(await backend.discard(hash, loaded[index] ?? new Uint8Array(0)), true);
  }
  const stats = String(await server.command("INFO", "commandstats"));
  const calls = (command: string) => Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
  // Each time, at most one part of each value is accessed.
  assert(calls("pexpire") <= 2 * odd.length, stats);
  assert(calls("get") <= 2 * odd.length + 1, stats);
  await backend.close();
});

test("a result that would need too many parts is split into larger ones", async () => {
  await using server = await startRedis();
  const backend = await redisBackend({ address: `${server.address}?part=1`, create: true });
  const large = new Uint8Array(25_000).map((_, index) => index * 31);
  assert.deepEqual(await backend.complete([{ hash, bytes: large, lock: undefined }]), ["stored"]);
  const parts = (await keysOf(server)).filter((key) => key.includes(":part:"));
  assert(parts.length <= 10_000, `${parts.length} parts`);
  assert.deepEqual((await backend.load([hash]))[0], large);
  assert.deepEqual(await backend.remove([hash]), new Set([hash]));
  assert.deepEqual((await keysOf(server)).filter((key) => key.includes(":part:")), []);
  await backend.close();
});

test("tens of thousands of results are listed and removed in small steps", async () => {
  await using server = await startRedis();
  const backend = await redisBackend({ address: server.address });
  const hashes = hashesOf(30_000);
  await backend.complete(hashes.map((hash) => ({ hash, bytes, lock: undefined })));
  await server.command("CONFIG", "RESETSTAT");
  assert.equal(new Set(await collect(backend.list())).size, hashes.length);
  assert.equal((await backend.has(hashes)).size, hashes.length);
  assert.equal((await backend.remove(hashes)).size, hashes.length);
  const stats = String(await server.command("INFO", "commandstats"));
  assert(!/cmdstat_(keys|hgetall|hkeys|smembers)/.test(stats), stats);
  const perCall = Number(/cmdstat_evalsha:.*?usec_per_call=([\d.]+)/.exec(stats)?.[1]);
  // The mean, since the machine may be busy. No step may take 10 ms.
  assert(perCall < 10_000, `${perCall} µs a script`);
  assert.deepEqual(await collect(backend.list()), []);
  await backend.close();
});

async function keysOf(server: RedisServer): Promise<string[]> {
  const keys = await server.command("KEYS", "*");
  return Array.isArray(keys) ? keys.map(String) : [];
}

async function until(probe: () => Promise<boolean | undefined>, between?: () => void): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (await probe() !== true) {
    if (performance.now() > deadline) throw new Error("waited 20 s in vain");
    between?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
