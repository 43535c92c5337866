import assert from "node:assert/strict";
import { durationClass } from "../../../backends/duration_classes.ts";
import { listDurations, listProcesses } from "../../../backends/optional_parts.ts";
import { redisBackend } from "../../../backends/redis.ts";
import { parseRedisAddress } from "../../../backends/redis/address.ts";
import { connect } from "../../../backends/redis/connection.ts";
import { upgradeRedis } from "../../../backends/redis/upgrade.ts";
import { isJugError } from "../../../core/errors.ts";
import { collect, hashesOf, hashOf, lockOf, newOwner } from "../backend_contract.ts";
import { until } from "../../support/file/file_processes.ts";
import { recordOf } from "../../support/records.ts";
import { startCluster } from "../../support/redis/redis_groups.ts";
import { hasRedis, type RedisServer, startRedis } from "../../support/redis/redis_server.ts";
import { startProxy } from "../../support/redis/tcp_proxy.ts";
import { runJug } from "../../support/run_jug.ts";

/** An id as version 0.2 made them. */
const OWNER = "far-4711-0123456789abcdef";

const text = (words: string) => new TextEncoder().encode(words);
const meta = (n: number) => ({
  name: "m.f",
  start: 1000,
  finish: 1000 + 10 * n,
  worker: "w",
  code: "0123456789abcdef",
});
const large = recordOf(crypto.getRandomValues(new Uint8Array(50_000)), meta(2));
const spoken = { ...meta(3), log: "words ".repeat(1000) };
const records = [recordOf("small", meta(1)), large, recordOf("it spoke", spoken), recordOf(large, spoken)];
const failure = recordOf("no", meta(5), "failure");
const damaged = [large.subarray(0, 100), text("rubbish"), new Uint8Array()];

function test(title: string, body: () => Promise<void>): void {
  Deno.test({ name: `redis upgrade: ${title}`, ignore: !hasRedis, fn: body });
}

/**
 * Makes a jugdir of format 1: results 0 to 3, damaged ones 4 to 8, a failure of 9, a damaged one of 10, a lock of 11, and
 * `more` results from 100.
 */
async function makeOld(address: string, more = 0): Promise<void> {
  const parsed = parseRedisAddress(address);
  const key = (name: string) => `jug:{${parsed.prefix}}:${name}`;
  const connection = await connect(parsed, () => performance.now());
  await connection.send(["SET", key("format"), "jug 1"]);
  for (const [n, bytes] of [...records, ...damaged].entries()) {
    const isSmall = bytes.length <= 16 * 1024;
    const value = isSmall ? new Uint8Array([0x3d, ...bytes]) : `@up-${n} 2 ${bytes.length}`;
    await connection.send(["HSET", key("results"), hashOf(n), value]);
    if (isSmall) continue;
    await connection.send(["SET", key(`part:up-${n}:0`), bytes.subarray(0, 40_000)]);
    await connection.send(["SET", key(`part:up-${n}:1`), bytes.subarray(40_000)]);
  }
  // Its parts are gone; and one that jug did not write.
  await connection.send(["HSET", key("results"), hashOf(7), "@gone 2 50000", hashOf(8), "?", "no hash", "=x"]);
  for (const [n, bytes] of [[9, failure], [10, text("rubbish")]] as const) {
    await connection.send(["HSET", key("failures"), hashOf(n), "gone.0.x-1"]);
    await connection.send(["HSET", key("reports"), hashOf(n), bytes]);
  }
  await connection.send(["HSET", key("locks"), hashOf(11), "gone.0.x-2"]);
  const record = recordOf(7, meta(6));
  for (const hash of hashesOf(more, 100)) {
    await connection.send(["HSET", key("results"), hash, new Uint8Array([0x3d, ...record])]);
  }
  connection.close();
}

const CONVERTED = { kind: "converted", results: 9, failures: 2, damaged: [] };

async function checkConverted(address: string): Promise<void> {
  const backend = await redisBackend({ address, create: true });
  assert.deepEqual(await backend.load(hashesOf(7)), [...records, ...damaged].map((bytes) => new Uint8Array(bytes)));
  assert.deepEqual(await backend.loadFailures([hashOf(9), hashOf(10)]), [new Uint8Array(failure), text("rubbish")]);
  const runs = (await collect(backend.listRuns?.() ?? [])).toSorted((one, other) => one.hash < other.hash ? -1 : 1);
  const expected = [1, 2, 3, 3].map((n, index) => {
    return { hash: hashOf(index), kind: "result", size: records[index]?.length, ...meta(n) };
  });
  const failed = { hash: hashOf(9), kind: "failure", size: failure.length, ...meta(5) };
  assert.deepEqual(runs, [...expected, failed].toSorted((one, other) => one.hash < other.hash ? -1 : 1));
  const classes = new Map([[durationClass(10), 1], [durationClass(20), 1], [durationClass(30), 2]]);
  const [sum] = await listDurations(backend);
  assert.deepEqual(sum, { name: "m.f", count: 4, total: 90, longest: 30, classes });
  assert.deepEqual((await collect(backend.listLocks())).map(({ since }) => since), [undefined]);
  // Work goes on.
  const by = { owner: newOwner(), thread: 0 };
  const member = await backend.join(by.owner);
  const claims = await backend.claim([hashOf(0), hashOf(11)], by);
  assert.deepEqual(claims.map(({ kind }) => kind), ["finished", "claimed"]);
  const lock = lockOf(claims[1]);
  assert.deepEqual(await backend.complete([{ hash: lock.hash, bytes: text("x"), lock, info: meta(5) }]), ["stored"]);
  assert.equal((await collect(backend.listRuns?.() ?? [])).length, 6);
  assert.deepEqual((await collect(listProcesses(backend))).map(({ state }) => state), ["alive"]);
  await member.leave();
  await backend.close();
}

async function formatOf(server: RedisServer, prefix = "jug"): Promise<unknown> {
  return await server.command("GET", `jug:{${prefix}}:format`);
}

test("a jugdir of format 1 is refused, and the remedy converts it", async () => {
  await using server = await startRedis({ settings: { requirepass: "sesame" } });
  const address = `redis://:sesame@127.0.0.1:${server.port}?prefix=my jug`;
  await makeOld(address);
  await assert.rejects(redisBackend({ address }), (error) => {
    assert(isJugError(error) && !error.message.includes("sesame"));
    assert.match(error.message, /its format is "jug 1", not "jug 2"/);
    const command = `jug upgrade --jugdir redis://127.0.0.1:${server.port}/0?prefix=my%20jug`;
    assert.equal(error.remedy?.replaceAll('"', ""), `Convert it: ${command} (add the password to the address)`);
    return true;
  });
  const run = () => runJug(["upgrade", "--jugdir", address]);
  const told = await run();
  assert.deepEqual([told.code, told.stdout], [0, "Converted 9 results and 2 failures\n"], told.stderr);
  await checkConverted(address);
  const again = await run();
  assert.equal(again.code, 0);
  assert.match(again.stdout, /^redis:\/\/127[^ ]+my%20jug has the format of this version\n$/);
  const absent = await runJug(["upgrade", "--jugdir", `redis://:sesame@127.0.0.1:${server.port}?prefix=none`]);
  assert.equal(absent.code, 2);
  assert.match(absent.stderr, /there is no jugdir redis:/);
  assert(!`${again.stdout}${absent.stderr}`.includes("sesame"));
});

test("refused, naming host and process, while an owner of the old version lives", async () => {
  await using server = await startRedis();
  const prefix = "a[b]*";
  const address = `${server.address}?prefix=${encodeURIComponent(prefix)}`;
  await makeOld(address);
  // Keys of other jugdirs, and one that names no owner.
  for (const key of ["jug:{ab}:owner:x", "jug:{a[b]*c}:owner:x", `jug:{${prefix}}:owner:*`]) {
    await server.command("SET", key, "1");
  }
  await server.command("SET", `jug:{${prefix}}:owner:${OWNER}`, "1", "PX", "60000");
  await assert.rejects(upgradeRedis(address), (error) => {
    assert(isJugError(error) && error.kind === "backend");
    assert.match(error.message, new RegExp(`is in use by ${OWNER} \\(on far, process 4711\\)`));
    assert.match(error.remedy ?? "", /end it; then convert.*until its lease has ended/);
    return true;
  });
  assert.equal(await formatOf(server, prefix), "jug 1");
  assert.equal(await server.command("EXISTS", `jug:{${prefix}}:runs`), 0);
  await server.command("DEL", `jug:{${prefix}}:owner:${OWNER}`);
  assert.deepEqual(await upgradeRedis(address), CONVERTED);
  await checkConverted(address);
});

test("an owner that joins during the conversion is noticed before the format is set", async () => {
  await using server = await startRedis();
  using line = startProxy({ target: server.port, delayMs: 20 });
  await makeOld(server.address, 1000);
  const upgrading = upgradeRedis(`redis://127.0.0.1:${line.port}`);
  upgrading.catch(() => {});
  await until("it to begin", async () => Number(await server.command("HLEN", "jug:{jug}:runs")) > 0 || undefined);
  await server.command("SET", `jug:{jug}:owner:${OWNER}`, "1", "PX", "60000");
  await assert.rejects(upgrading, /is in use by far-4711/);
  assert.equal(await formatOf(server), "jug 1");
});

test("of several at once, one converts the jugdir", async () => {
  await using server = await startRedis();
  await makeOld(server.address);
  const outcomes = await Promise.all([1, 2, 3].map(() => upgradeRedis(server.address)));
  assert.deepEqual(outcomes.map(({ kind }) => kind).sort(), ["converted", "up-to-date", "up-to-date"]);
  await checkConverted(server.address);
});

test("an interrupted conversion leaves the old format, and the next one begins again", async () => {
  await using server = await startRedis();
  await makeOld(server.address, 1000);
  const line = startProxy({ target: server.port, delayMs: 20 });
  const upgrading = upgradeRedis(`redis://127.0.0.1:${line.port}?patience=1`);
  upgrading.catch(() => {});
  await until("it to begin", async () => Number(await server.command("HLEN", "jug:{jug}:runs")) > 0 || undefined);
  line[Symbol.dispose]();
  await assert.rejects(upgrading, isJugError);
  assert.equal(await formatOf(server), "jug 1");
  // The old version goes on: it removes results, and replaces one by another, which is damaged.
  await server.command("HDEL", "jug:{jug}:results", ...hashesOf(999, 100));
  await server.command("HSET", "jug:{jug}:results", hashOf(1099), "=rubbish");
  await server.command("HSET", "jug:{jug}:runs", hashOf(1099), `r[7,"m.f",1,2,"w"]`);
  assert.deepEqual(await upgradeRedis(server.address), { ...CONVERTED, results: 10 });
  await checkConverted(server.address);
});

test("a jugdir on a cluster is converted", async () => {
  await using stack = new AsyncDisposableStack();
  const { primaries: [node] } = await startCluster(stack);
  const address = `${node?.address}?prefix=moved`;
  await makeOld(address);
  assert.deepEqual(await upgradeRedis(address), CONVERTED);
  await checkConverted(address);
});

test("an absent, a newer and a foreign jugdir are told, and left alone", async () => {
  await using server = await startRedis();
  assert.deepEqual(await upgradeRedis(server.address), { kind: "absent" });
  assert.deepEqual(await server.command("KEYS", "*"), []);
  await (await redisBackend({ address: server.address, create: true })).close();
  assert.deepEqual(await upgradeRedis(server.address), { kind: "up-to-date" });
  await server.command("SET", "jug:{jug}:format", "jug 3");
  await assert.rejects(
    upgradeRedis(server.address),
    /its format is "jug 3", not "jug 2"(.|\n)*version of jug that made/,
  );
  await server.command("SET", "jug:{jug}:format", "jug 1");
  await server.command("SET", "jug:{jug}:results", "x");
  await assert.rejects(upgradeRedis(server.address), /holds a string that jug did not write/);
  await assert.rejects(upgradeRedis("redis://sesame@host"), { kind: "usage" });
});
