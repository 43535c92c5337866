import assert from "node:assert/strict";
import type { Backend } from "../../../backends/backend.ts";
import { redisBackend } from "../../../backends/redis.ts";
import { isJugError, type JugError } from "../../../core/errors.ts";
import { collect, hashOf, lockOf, newOwner } from "../backend_contract.ts";
import { until } from "../../support/file/file_processes.ts";
import {
  GROUP,
  homeOf,
  isPrimary,
  startCluster,
  startPair,
  startSentinels,
  swapByHand,
  untilCopied,
} from "../../support/redis/redis_groups.ts";
import {
  freePort,
  hasOpenssl,
  hasRedis,
  type RedisServer,
  startRedis,
  tlsSettings,
} from "../../support/redis/redis_server.ts";
import { startProxy } from "../../support/redis/tcp_proxy.ts";

const bytes = new TextEncoder().encode("result");
const hash = hashOf(1);

function test(title: string, body: (stack: AsyncDisposableStack) => Promise<void>): void {
  Deno.test({
    name: `redis failover: ${title}`,
    ignore: !hasRedis,
    fn: async () => {
      await using stack = new AsyncDisposableStack();
      await body(stack);
    },
  });
}

async function open(stack: AsyncDisposableStack, address: string): Promise<Backend> {
  return stack.adopt(await redisBackend({ address, create: true }), (backend) => backend.close());
}

async function claimOne(backend: Backend) {
  const owner = newOwner({ leaseMs: 60_000 });
  const member = await backend.join(owner);
  const [outcome] = await backend.claim([hash], { owner, thread: 0 });
  return { member, lock: lockOf(outcome) };
}

async function thrownBy(work: () => Promise<unknown>): Promise<JugError> {
  try {
    await work();
  } catch (error) {
    assert(isJugError(error), String(error));
    return error;
  }
  throw new Error("nothing was thrown");
}

/** Returns how many commands a server refused with this error code. */
async function refusals(server: RedisServer, code: string): Promise<number> {
  const stats = String(await server.command("INFO", "errorstats"));
  return Number(new RegExp(`errorstat_${code}:count=(\\d+)`).exec(stats)?.[1] ?? 0);
}

test("a demoted primary is replaced by the server that the address leads to next", async (stack) => {
  const { primary, replica } = await startPair(stack);
  using line = startProxy({ target: primary.port });
  const backend = await open(stack, `redis://127.0.0.1:${line.port}`);
  const { lock, member } = await claimOne(backend);
  await swapByHand(primary, replica);
  const completing = backend.complete([{ hash, bytes, lock }]);
  // The address leads to the old primary for a while, as a host name may.
  await until("it to be refused twice", async () => await refusals(primary, "READONLY") > 1 || undefined);
  line.target = replica.port;
  assert.deepEqual(await completing, ["stored"]);
  assert.equal(await replica.command("HEXISTS", "jug:{jug}:results", hash), 1);
  await member.leave();
  assert.deepEqual(await collect(backend.listLocks()), []);
});

test("a primary that lost its replicas or cannot save is waited for, up to the given patience", async (stack) => {
  const settings = { "min-replicas-to-write": "1", "min-replicas-max-lag": "1" };
  const { primary, replica } = await startPair(stack, settings);
  await until("the primary to take writes", () => primary.command("SET", "x", "1").catch(() => undefined));
  const backend = await open(stack, primary.address);
  const { lock } = await claimOne(backend);
  const impatient = await open(stack, `${primary.address}?patience=1`);
  await replica.stop("SIGKILL");
  await until("it to refuse", () => primary.command("SET", "x", "1").then(() => undefined, () => true));
  const completing = backend.complete([{ hash, bytes, lock }]);
  const error = await thrownBy(() => impatient.join(newOwner()));
  assert.match(error.message, /too few replicas(.|\n)*min-replicas-to-write/);
  assert(await refusals(primary, "NOREPLICAS") > 2, "it tried more than once");
  await replica.start();
  assert.deepEqual(await completing, ["stored"]);

  // A folder in place of its file keeps it from saving.
  const folder = `${primary.folder}/dump.rdb`;
  await Deno.remove(folder).catch(() => {});
  await Deno.mkdir(folder);
  await primary.command("CONFIG", "SET", "save", "3600 1");
  const saved = async (how: string) => String(await primary.command("INFO", "persistence")).includes(how) || undefined;
  await primary.command("BGSAVE");
  await until("the saving to fail", () => saved("rdb_last_bgsave_status:err"));
  const storing = backend.complete([{ hash: hashOf(2), bytes, lock: undefined }]);
  const other = await thrownBy(() => impatient.complete([{ hash: hashOf(2), bytes, lock: undefined }]));
  assert.match(other.message, /cannot write to its disk: MISCONF/);
  await Deno.remove(folder);
  await primary.command("BGSAVE");
  await until("the saving to succeed", () => saved("rdb_last_bgsave_status:ok"));
  assert.deepEqual(await storing, ["stored"]);
});

test("a cluster still works if the node that the address names is killed", async (stack) => {
  const cluster = await startCluster(stack, { hasReplicas: true, timeoutMs: 1000 });
  const home = await homeOf(cluster, "jug");
  const [primary, replica] = [cluster.primaries[home], cluster.replicas[home]];
  assert(primary !== undefined && replica !== undefined);
  const backend = await open(stack, primary.address);
  const { lock, member } = await claimOne(backend);
  const waiting = backend.waitForChange(new AbortController().signal);
  await untilCopied(primary, replica);

  await primary.stop("SIGKILL");
  assert.deepEqual(await backend.complete([{ hash, bytes, lock }]), ["stored"]);
  assert.deepEqual(await waiting, [{ kind: "finished", hash }]);
  assert(await isPrimary(replica));
  // A process that starts while the named node is dead finds the others if the address names one of them.
  const [other] = cluster.primaries.filter((node) => node !== primary);
  const list = `redis://127.0.0.1:${primary.port},127.0.0.1:${other?.port}`;
  const late = await open(stack, list);
  assert.deepEqual(await late.has([hash]), new Set([hash]));
  await member.leave();
  assert.deepEqual(await collect(backend.listLocks()), []);
});

test("Sentinels are asked for the primary, even if it and the first Sentinel are killed", async (stack) => {
  const { primary, replica } = await startPair(stack);
  const [first, second, third] = await startSentinels(stack, primary);
  assert(first !== undefined && second !== undefined && third !== undefined);
  const backend = await open(stack, `redis+sentinel://127.0.0.1:${first.port}/${GROUP}`);
  assert.equal(backend.address, `redis+sentinel://127.0.0.1:${first.port}/${GROUP}/0?prefix=jug`);
  const { lock, member } = await claimOne(backend);
  await untilCopied(primary, replica);
  await Promise.all([primary.stop("SIGKILL"), first.stop("SIGKILL")]);
  assert.deepEqual(await backend.complete([{ hash, bytes, lock }]), ["stored"]);
  assert.equal(await replica.command("HEXISTS", "jug:{jug}:results", hash), 1);
  await member.leave();

  // A new backend finds a Sentinel by the rest of the list.
  const sentinels = `127.0.0.1:${first.port},127.0.0.1:${third.port}`;
  const late = await open(stack, `redis+sentinel://${sentinels}/${GROUP}/0?prefix=jug`);
  assert.deepEqual(await late.has([hash]), new Set([hash]));

  const plain = await thrownBy(() => redisBackend({ address: second.address }));
  const remedy = new RegExp(`this is a Sentinel(.|\\n)*redis\\+sentinel://127.0.0.1:${second.port}/NAME.*${GROUP}`);
  assert.match(plain.message, remedy);
  const wrong = await thrownBy(() => redisBackend({ address: `redis+sentinel://127.0.0.1:${second.port}/mymaster` }));
  assert.match(wrong.message, new RegExp(`no servers with the name "mymaster"(.|\\n)*${GROUP}`));
});

test("Sentinels may have their own password, and use TLS", async (stack) => {
  const { primary } = await startPair(stack, { requirepass: "sesame", masterauth: "sesame" });
  const lines = [`sentinel auth-pass ${GROUP} sesame`];
  const [sentinel] = await startSentinels(stack, primary, { count: 1, lines, settings: { requirepass: "open" } });
  const place = `127.0.0.1:${sentinel?.port}/${GROUP}`;
  const backend = await open(stack, `redis+sentinel://:sesame@${place}?sentinel_password=open`);
  assert.deepEqual(await backend.complete([{ hash, bytes, lock: undefined }]), ["stored"]);
  const refused = await thrownBy(() => redisBackend({ address: `redis+sentinel://:sesame@${place}` }));
  assert.match(refused.message, /does not accept the password(.|\n)*sentinel_password/);
  assert(!refused.message.includes("sesame"));

  if (!hasOpenssl) return;
  const server = stack.use(await startRedis({ tls: true }));
  const port = freePort();
  const settings = { ...tlsSettings(server.folder, port), "tls-replication": "yes" };
  const monitor = `sentinel monitor ${GROUP} 127.0.0.1 ${server.port} 1`;
  stack.use(await startRedis({ settings, sentinel: [monitor] }));
  const there = `localhost:${port}/${GROUP}?ca=${server.folder}/ca.crt`;
  const encrypted = await open(stack, `rediss+sentinel://${there}`);
  assert.deepEqual(await encrypted.complete([{ hash, bytes, lock: undefined }]), ["stored"]);
});

test("hosts that are not a cluster, and a server that is not a Sentinel, are refused", async (stack) => {
  const one = stack.use(await startRedis());
  const other = stack.use(await startRedis());
  const several = await thrownBy(() => redisBackend({ address: `${one.address},127.0.0.1:${other.port}` }));
  assert.match(several.message, /several hosts(.|\n)*redis\+sentinel:/);
  const server = await thrownBy(() => redisBackend({ address: `redis+sentinel://127.0.0.1:${one.port}/${GROUP}` }));
  assert.match(server.message, /is not a Sentinel(.|\n)*redis:\/\/127\.0\.0\.1/);
});
