import assert from "node:assert/strict";
import type { Backend, Owner } from "../../../backends/backend.ts";
import { redisBackend } from "../../../backends/redis.ts";
import { backendContract, type BackendFixture, hashOf } from "../backend_contract.ts";
import { until } from "../../support/file/file_processes.ts";
import { startCluster } from "../../support/redis/redis_groups.ts";
import { hasOpenssl, hasRedis, type RedisServer, startRedis } from "../../support/redis/redis_server.ts";

/** Leases are this many times longer than the tests ask for, so that none expires on a slow machine. */
const STRETCH = 100;

const bytes = new TextEncoder().encode("result");
let places = 0;

function stretched(owner: Owner): Owner {
  return { ...owner, leaseMs: owner.leaseMs * STRETCH };
}

/** Returns the backend with longer leases than its owners ask for. */
function patient(backend: Backend): Backend {
  return {
    ...backend,
    join: (owner) => backend.join(stretched(owner)),
    claim: (hashes, { owner, thread }) => backend.claim(hashes, { owner: stretched(owner), thread }),
  };
}

async function keysLike(server: RedisServer, pattern: string): Promise<string[]> {
  const keys: string[] = [];
  let cursor = "0";
  do {
    const answer = await server.command("SCAN", cursor, "MATCH", pattern, "COUNT", "1000");
    assert(Array.isArray(answer));
    cursor = String(answer[0]);
    keys.push(...answer[1]);
  } while (cursor !== "0");
  return keys;
}

/** Returns how many times a client read the stream of changes. */
async function looks(server: RedisServer): Promise<number> {
  const stats = String(await server.command("INFO", "commandstats"));
  return Number(/cmdstat_xrange:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}

/** Lets time pass. The server's clock cannot be moved, so this reduces the remaining time of the owners' keys. */
async function passTime(servers: readonly RedisServer[], prefix: string, ms: number): Promise<void> {
  for (const server of servers) {
    for (const key of await keysLike(server, `jug:{${prefix}}:owner:*`)) {
      const left = Number(await server.command("PTTL", key));
      await server.command("PEXPIRE", key, String(Math.max(0, left - ms)));
    }
  }
}

function fixture(servers: readonly RedisServer[], address: string): Promise<BackendFixture> {
  const prefix = `test-${places++}`;
  const place = `${address}${address.includes("?") ? "&" : "?"}prefix=${prefix}`;
  const open = async () => patient(await redisBackend({ address: place }));
  return Promise.resolve({
    open,
    passTime: (ms) => passTime(servers, prefix, ms * STRETCH),
    async claimAndDie(owner, hashes) {
      const backend = await open();
      await backend.join(owner);
      await backend.claim(hashes, { owner, thread: 0 });
      await backend.close();
      for (const server of servers) {
        const [key] = await keysLike(server, `jug:{${prefix}}:owner:${owner.id}`);
        if (key !== undefined) await server.command("DEL", key);
      }
    },
    async dispose() {
      for (const server of servers) {
        const keys = await keysLike(server, `jug:{${prefix}}:*`);
        if (keys.length > 0) await server.command("DEL", ...keys);
      }
    },
  });
}

if (hasRedis) {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await startRedis());
  const { primaries: cluster } = await startCluster(stack);
  const encrypted = hasOpenssl ? stack.use(await startRedis({ tls: true })) : undefined;
  Deno.test.afterAll(() => stack.disposeAsync());

  backendContract("redis backend", () => fixture([server], server.address));
  backendContract("redis backend over a unix socket", () => fixture([server], `unix:${server.socket}`));
  backendContract("redis backend on a cluster", () => fixture(cluster, cluster[0]?.address ?? ""));
  if (encrypted === undefined) Deno.test.ignore("redis backend over TLS: no openssl here", () => {});
  else backendContract("redis backend over TLS", () => fixture([encrypted], encrypted.address));

  Deno.test("redis: a waiting backend is woken at once, or by slow polling if it gets no messages", async () => {
    const prefix = `test-${places++}`;
    const address = `${server.address}?prefix=${prefix}`;
    const [a, b] = [await redisBackend({ address }), await redisBackend({ address })];
    const never = new AbortController().signal;
    await a.complete([{ hash: hashOf(0), bytes, lock: undefined }]);
    await b.waitForChange(never);
    const times: number[] = [];
    for (let n = 1; n <= 11; n++) {
      const before = await looks(server);
      const waiting = b.waitForChange(never);
      await until("b to have looked in vain", async () => await looks(server) > before || undefined);
      const start = performance.now();
      await a.complete([{ hash: hashOf(n), bytes, lock: undefined }]);
      assert.deepEqual(await waiting, [{ kind: "finished", hash: hashOf(n) }]);
      times.push(performance.now() - start);
    }
    const median = times.sort((one, other) => one - other)[5] ?? Infinity;
    // 1 ms on an idle machine; without messages it would be half a second.
    assert(median < 100, `${median} ms`);
    await b.close();

    await server.command("ACL", "SETUSER", "mute", "on", "nopass", "~*", "resetchannels", "+@all");
    const muteAddress = `redis://mute:any@127.0.0.1:${server.port}?prefix=${prefix}`;
    const mute = await redisBackend({ address: muteAddress });
    const before = await looks(server);
    const waiting = mute.waitForChange(never);
    await until("it to have looked in vain", async () => await looks(server) > before || undefined);
    await a.complete([{ hash: hashOf(99), bytes, lock: undefined }]);
    assert.deepEqual(await waiting, [{ kind: "finished", hash: hashOf(99) }]);
    assert.deepEqual(await mute.complete([{ hash: hashOf(98), bytes, lock: undefined }]), ["stored"]);
    await mute.close();
    await a.close();
  });

  Deno.test("redis: the keys of one jugdir are on one node of a cluster, and the backend follows a move", async () => {
    const [first, second, third] = cluster;
    assert(first !== undefined && second !== undefined && third !== undefined);
    const address = `${first.address}?prefix=moving&part=1000`;
    const backend = await redisBackend({ address, create: true });
    const large = new Uint8Array(20_000).fill(3);
    await backend.complete([{ hash: hashOf(1), bytes: large, lock: undefined }]);
    const slot = String(await first.command("CLUSTER", "KEYSLOT", "jug:{moving}:results"));
    const homes: RedisServer[] = [];
    for (const node of cluster) if ((await keysLike(node, "jug:{moving}:*")).length > 0) homes.push(node);
    const [home] = homes;
    assert(homes.length === 1 && home !== undefined);

    const next = home === third ? second : third;
    const ids = await Promise.all([home, next].map(async (node) => String(await node.command("CLUSTER", "MYID"))));
    await next.command("CLUSTER", "SETSLOT", slot, "IMPORTING", ids[0] ?? "");
    await home.command("CLUSTER", "SETSLOT", slot, "MIGRATING", ids[1] ?? "");
    const waiting = backend.load([hashOf(1)]);
    const keys = await keysLike(home, "jug:{moving}:*");
    await home.command("MIGRATE", "127.0.0.1", String(next.port), "", "0", "10000", "KEYS", ...keys);
    for (const node of [next, home, ...cluster]) await node.command("CLUSTER", "SETSLOT", slot, "NODE", ids[1] ?? "");
    assert.deepEqual((await waiting)[0], large);
    assert.deepEqual((await backend.load([hashOf(1)]))[0], large);
    assert.deepEqual(await backend.remove([hashOf(1)]), new Set([hashOf(1)]));
    await backend.close();
  });
} else {
  for (const kind of ["", " over a unix socket", " on a cluster", " over TLS"]) {
    Deno.test.ignore(`redis backend${kind}: no redis-server here`, () => {});
  }
}
