/**
 * What Redis keeps for listings: runs, processes, durations.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { RunInfo } from "../../../backends/backend.ts";
import { durationClass } from "../../../backends/duration_classes.ts";
import { listDurations, listProcesses } from "../../../backends/optional_parts.ts";
import { redisBackend } from "../../../backends/redis.ts";
import { collect, hashesOf, hashOf, lockOf, newOwner } from "../backend_contract.ts";
import { until } from "../../support/file/file_processes.ts";
import { hasRedis, type RedisServer, startRedis } from "../../support/redis/redis_server.ts";
import { startProxy } from "../../support/redis/tcp_proxy.ts";

const bytes = new TextEncoder().encode("result");
const info: RunInfo = { name: "m.f", start: 1000, finish: 1010, worker: "w" };

function test(title: string, body: () => Promise<void>): void {
  Deno.test({ name: `redis listings: ${title}`, ignore: !hasRedis, fn: body });
}

async function sentBytes(server: RedisServer): Promise<number> {
  return Number(/total_net_output_bytes:(\d+)/.exec(String(await server.command("INFO", "stats")))?.[1]);
}

test("runs are listed without transferring results or failures", async () => {
  await using server = await startRedis();
  const backend = await redisBackend({ address: `${server.address}?part=100000` });
  const by = { owner: newOwner(), thread: 0 };
  const locks = (await backend.claim(hashesOf(100), by)).map(lockOf);
  const large = new Uint8Array(10_000);
  await backend.complete(locks.slice(0, 50).map((lock) => ({ hash: lock.hash, bytes: large, lock, info })));
  await backend.complete([{ hash: hashOf(500), bytes: new Uint8Array(250_000), lock: undefined, info }]);
  await backend.fail(locks.slice(50).map((lock) => ({ lock, bytes: large, info })));
  const before = await sentBytes(server);
  const runs = await collect(backend.listRuns?.() ?? []);
  assert(await sentBytes(server) - before < 50_000);
  const sizes = Map.groupBy(runs, ({ kind, size }) => `${kind} ${size}`);
  assert.deepEqual(
    new Map([...sizes].map(([what, { length }]) => [what, length])),
    new Map([["result 10000", 50], ["result 250000", 1], ["failure 10000", 50]]),
  );
  await backend.close();
});

test("a run is forgotten with its result or failure, and one of which nothing is known hides none", async () => {
  await using server = await startRedis();
  const backend = await redisBackend({ address: server.address });
  const by = { owner: newOwner(), thread: 0 };
  const [one, two, three] = (await backend.claim(hashesOf(3), by)).map(lockOf);
  assert(one && two && three);
  await backend.complete([{ hash: one.hash, bytes, lock: one, info }, {
    hash: hashOf(9),
    bytes,
    lock: undefined,
    info,
  }]);
  await backend.fail([two, three].map((lock) => ({ lock, bytes, info })));
  const runs = async () => (await collect(backend.listRuns?.() ?? [])).map(({ hash, kind }) => [hash, kind]).sort();
  assert.equal((await runs()).length, 4);
  assert.equal(await backend.discard(hashOf(9), bytes), true);
  await backend.complete([{ hash: two.hash, bytes, lock: undefined }]);
  await backend.removeFailures([one.hash, three.hash]);
  assert.deepEqual(await runs(), [[one.hash, "result"]]);
  assert.equal(await server.command("HLEN", "jug:{jug}:runs"), 1);
  // Another program, or another version of jug, may have removed the result alone.
  await server.command("HDEL", "jug:{jug}:results", one.hash);
  assert.deepEqual(await runs(), []);
  await backend.close();
});

test("a completion whose reply was lost is counted once", async () => {
  await using server = await startRedis();
  using line = startProxy({ target: server.port });
  const backend = await redisBackend({ address: `redis://127.0.0.1:${line.port}` });
  await backend.complete([{ hash: hashOf(1), bytes, lock: undefined, info }]);
  line.isDeaf = true;
  const completing = backend.complete([{ hash: hashOf(2), bytes, lock: undefined, info }]);
  await until("it to be stored", async () => await server.command("HLEN", "jug:{jug}:results") === 2 || undefined);
  line.isDeaf = false;
  line.cut();
  await completing;
  const classes = new Map([[durationClass(10), 2]]);
  assert.deepEqual(await listDurations(backend), [{ name: "m.f", count: 2, total: 20, longest: 10, classes }]);
  await backend.close();
});

test("a process is listed as left also if its locks could not be released, or the memory is full", async () => {
  await using server = await startRedis();
  const backend = await redisBackend({ address: server.address });
  const [one, two] = [newOwner({ pid: 1, leaseMs: 60_000 }), newOwner({ pid: 2, leaseMs: 60_000 })];
  const members = [await backend.join(one), await backend.join(two)];
  const states = async () =>
    Object.fromEntries((await collect(listProcesses(backend))).map(({ pid, state }) => [pid, state]));
  assert.deepEqual(await states(), { 1: "alive", 2: "alive" });
  await server.command("SET", "jug:{jug}:locks", "x");
  await members[0]?.leave();
  assert.deepEqual(await states(), { 1: "left", 2: "alive" });
  await server.command("DEL", "jug:{jug}:locks");
  await backend.claim([hashOf(1)], { owner: two, thread: 0 });
  await server.command("CONFIG", "SET", "maxmemory", "1");
  await members[1]?.leave();
  await server.command("CONFIG", "SET", "maxmemory", "0");
  assert.deepEqual(await collect(backend.listLocks()), []);
  assert.deepEqual(await states(), { 1: "left", 2: "left" });
  await backend.close();
});

test("renewing does not write what is known of the process again", async () => {
  await using server = await startRedis();
  const backend = await redisBackend({ address: server.address });
  const member = await backend.join(newOwner({ options: "x".repeat(2000) }));
  await server.command("CONFIG", "RESETSTAT");
  await member.renew();
  assert(!String(await server.command("INFO", "commandstats")).includes("cmdstat_hset"));
  assert.equal((await collect(listProcesses(backend)))[0]?.options?.length, 1000);
  await backend.close();
});

test("values that jug did not write are skipped, and prevent no completion", async () => {
  await using server = await startRedis();
  const backend = await redisBackend({ address: server.address });
  const key = (name: string) => `jug:{jug}:${name}`;
  const row = (...values: unknown[]) => `r${JSON.stringify([7, ...values])}`;
  const odd = [
    "",
    "r",
    "rnull",
    "r{}",
    "r[",
    row(),
    row("m.f", "early", 2, "w"),
    row(7, 1, 2, "w"),
    `r[7,"m.f",1e999,2,"w"]`,
    `r["x","m.f",1,2,"w"]`,
  ];
  for (const [n, value] of odd.entries()) {
    await server.command("HSET", key("results"), hashOf(n), "=x");
    await server.command("HSET", key("runs"), hashOf(n), value);
  }
  await server.command("HSET", key("results"), hashOf(20), "=x", hashOf(21), "=x", "no hash", "=x");
  const code = "no code";
  await server.command(
    "HSET",
    key("runs"),
    hashOf(20),
    row("m.g", 1, 2, "w", code, 7, "x".repeat(201)),
    "no hash",
    row(),
  );
  assert.deepEqual(await collect(backend.listRuns?.() ?? []), [
    { hash: hashOf(20), kind: "result", size: 7, name: "m.g", start: 1, finish: 2, worker: "w" },
  ]);

  await server.command(
    "HSET",
    key("processes"),
    "../a",
    "{}",
    "odd-1",
    "no json",
    "odd-2",
    `{"pid":0.5,"host":7,"left":"x"}`,
  );
  await server.command("SET", key("owner:odd-2"), "1");
  const unknown = { host: undefined, pid: undefined, started: undefined, left: undefined, options: undefined };
  assert.deepEqual((await collect(listProcesses(backend))).toSorted((a, b) => a.id < b.id ? -1 : 1), [
    { id: "odd-1", ...unknown, state: "dead" },
    { id: "odd-2", ...unknown, state: "alive" },
  ]);

  const group = `runs ${durationClass(10)} m.f`;
  // deno-fmt-ignore
  await server.command("HSET", key("durations"), group, "many", "total m.f", "much", "longest m.f", "long",
    "runs 999 m.f", "1", "runs -1 m.f", "1", "runs 3 m.g", "-5", "runs 3 m.h", "1e999", "other", "1", "runs 8 m.k", "2");
  const known = { name: "m.k", count: 2, total: 0, longest: 0, classes: new Map([[8, 2]]) };
  assert.deepEqual(await listDurations(backend), [known]);
  const by = { owner: newOwner(), thread: 0 };
  const [lock] = (await backend.claim([hashOf(30)], by)).map(lockOf);
  assert.deepEqual(await backend.complete([{ hash: hashOf(30), bytes, lock, info }]), ["stored"]);
  assert.deepEqual(await collect(backend.listLocks()), []);
  assert.deepEqual(await listDurations(backend), [known]);
  await server.command("DEL", key("runs"), key("durations"));
  for (const name of ["runs", "durations"]) await server.command("SET", key(name), "x");
  assert.deepEqual(await backend.complete([{ hash: hashOf(31), bytes, lock: undefined, info }]), ["stored"]);
  assert.deepEqual(await backend.remove([hashOf(31)]), new Set([hashOf(31)]));
  await backend.close();
});

test("of very many processes, those that started last are kept", async () => {
  await using server = await startRedis();
  const backend = await redisBackend({ address: server.address, create: true });
  const last = 5120;
  for (let n = 1; n <= last; n += 512) {
    const fields = Array.from({ length: 512 }, (_, i) => [`old-${n + i}`, JSON.stringify({ started: n + i })]);
    await server.command("HSET", "jug:{jug}:processes", ...fields.flat());
  }
  await backend.join(newOwner({ started: last + 1 }));
  const started = (await collect(listProcesses(backend))).map((process) => process.started ?? 0);
  assert.deepEqual(started.toSorted((a, b) => a - b), Array.from({ length: 4096 }, (_, n) => last - 4094 + n));
  await backend.close();
});
