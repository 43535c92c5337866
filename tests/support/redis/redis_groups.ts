/**
 * Groups of real Redis servers: a primary with a replica, Sentinels that watch them, clusters. All are ended with the
 * stack passed in.
 *
 * @module
 */
import { until } from "../file/file_processes.ts";
import { freePort, type RedisServer, type RedisServerOptions, startRedis } from "./redis_server.ts";

/** Settings that let a replica synchronize within milliseconds. */
const QUICK = { "repl-diskless-sync-delay": "0", "repl-ping-replica-period": "1" };

async function start(stack: AsyncDisposableStack, options: RedisServerOptions): Promise<RedisServer> {
  return stack.use(await startRedis(options));
}

/** Waits until a replica is connected to its primary. */
export async function untilInStep(replica: RedisServer): Promise<void> {
  await until("the replica to be in step", async () => {
    const info = String(await replica.command("INFO", "replication"));
    return info.includes("master_link_status:up") || undefined;
  });
}

/** Waits until a replica has received everything that its primary has now. */
export async function untilCopied(primary: RedisServer, replica: RedisServer): Promise<void> {
  const offset = async (server: RedisServer, name: string) => {
    const info = String(await server.command("INFO", "replication"));
    return Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1] ?? -1);
  };
  const wanted = await offset(primary, "master_repl_offset");
  await until(
    "the replica to have it all",
    async () => await offset(replica, "slave_repl_offset") >= wanted || undefined,
  );
}

/** Whether a server reports that it is a primary. */
export async function isPrimary(server: RedisServer): Promise<boolean> {
  return String(await server.command("INFO", "replication")).includes("role:master");
}

/** Starts a primary and its replica. */
export async function startPair(
  stack: AsyncDisposableStack,
  settings: Readonly<Record<string, string>> = {},
): Promise<{ primary: RedisServer; replica: RedisServer }> {
  const primary = await start(stack, { settings: { ...QUICK, ...settings } });
  const replicaof = `127.0.0.1 ${primary.port}`;
  const replica = await start(stack, { settings: { ...QUICK, ...settings, replicaof } });
  await untilInStep(replica);
  return { primary, replica };
}

/** Makes the replica the primary, and then the primary its replica, as an operator does by hand. */
export async function swapByHand(primary: RedisServer, replica: RedisServer): Promise<void> {
  await untilCopied(primary, replica);
  await replica.command("REPLICAOF", "NO", "ONE");
  await primary.command("REPLICAOF", "127.0.0.1", String(replica.port));
}

/**
 * Swaps the roles of the two. Nothing is lost: the primary accepts no writes until the replica has received everything.
 */
export async function swap(primary: RedisServer, replica: RedisServer): Promise<void> {
  await primary.command("FAILOVER", "TO", "127.0.0.1", String(replica.port));
  await until("the two to swap", async () => await isPrimary(replica) && !await isPrimary(primary) || undefined);
}

/** The name of the watched group in {@linkcode startSentinels}. */
export const GROUP = "tasks";

/**
 * Starts Sentinels that watch a primary with a quorum of two. When this resolves, they know one another and the
 * replica.
 */
export async function startSentinels(
  stack: AsyncDisposableStack,
  primary: RedisServer,
  { count = 3, lines = [], settings = {} }: {
    readonly count?: number;
    readonly lines?: readonly string[];
    readonly settings?: Readonly<Record<string, string>>;
  } = {},
): Promise<RedisServer[]> {
  const watched = [
    `sentinel monitor ${GROUP} 127.0.0.1 ${primary.port} 2`,
    `sentinel down-after-milliseconds ${GROUP} 1000`,
    `sentinel failover-timeout ${GROUP} 5000`,
  ];
  const sentinels: RedisServer[] = [];
  for (let index = 0; index < count; index++) {
    sentinels.push(await start(stack, { settings, sentinel: [...watched, ...lines] }));
  }
  for (const sentinel of sentinels) {
    await until("the Sentinels to know one another and the replica", async () => {
      const state = await sentinel.command("SENTINEL", "MASTER", GROUP);
      const field = (name: string) => Array.isArray(state) ? Number(state[state.indexOf(name) + 1]) : 0;
      return field("num-other-sentinels") === count - 1 && field("num-slaves") > 0 || undefined;
    });
  }
  return sentinels;
}

/** Waits until all Sentinels name this server as the primary. */
export async function untilNamed(sentinels: readonly RedisServer[], server: RedisServer): Promise<void> {
  for (const sentinel of sentinels) {
    await until("the Sentinels to name the other server", async () => {
      const named = await sentinel.command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", GROUP);
      return Array.isArray(named) && named[1] === String(server.port) || undefined;
    });
  }
}

/** A cluster. */
export interface Cluster {
  readonly primaries: readonly RedisServer[];
  /** One replica per primary, in the same order; or none. */
  readonly replicas: readonly RedisServer[];
}

/** Starts a cluster of three primaries, with one replica each if wanted. */
export async function startCluster(
  stack: AsyncDisposableStack,
  { hasReplicas = false, timeoutMs = 5000 }: { readonly hasReplicas?: boolean; readonly timeoutMs?: number } = {},
): Promise<Cluster> {
  const startNodes = (count: number) =>
    Promise.all(Array.from({ length: count }, () => {
      const own = { "cluster-enabled": "yes", "cluster-port": String(freePort()) };
      return start(stack, { settings: { ...QUICK, ...own, "cluster-node-timeout": String(timeoutMs) } });
    }));
  const primaries = await startNodes(3);
  const replicas = await startNodes(hasReplicas ? 3 : 0);
  const nodes = [...primaries, ...replicas];
  const third = Math.ceil(16384 / 3);
  for (const [index, node] of primaries.entries()) {
    const last = Math.min(16383, (index + 1) * third - 1);
    await node.command("CLUSTER", "ADDSLOTSRANGE", String(index * third), String(last));
  }
  for (const [index, node] of nodes.entries()) await node.command("CLUSTER", "SET-CONFIG-EPOCH", String(index + 1));
  for (const node of nodes) {
    for (const other of nodes) {
      const bus = String(await other.command("CONFIG", "GET", "cluster-port")).split(",")[1] ?? "";
      await node.command("CLUSTER", "MEET", "127.0.0.1", String(other.port), bus);
    }
  }
  for (const node of nodes) await untilWhole(node, nodes.length);
  for (const [index, replica] of replicas.entries()) {
    const id = String(await primaries[index]?.command("CLUSTER", "MYID"));
    await replica.command("CLUSTER", "REPLICATE", id);
    await untilInStep(replica);
  }
  for (const node of nodes) {
    await until("each node to know of the replicas", async () => {
      const found = String(await node.command("CLUSTER", "NODES")).match(/ (myself,)?slave /g);
      return (found?.length ?? 0) === replicas.length || undefined;
    });
  }
  return { primaries, replicas };
}

async function untilWhole(node: RedisServer, count: number): Promise<void> {
  await until("the cluster to come together", async () => {
    const info = String(await node.command("CLUSTER", "INFO"));
    return info.includes("cluster_state:ok") && info.includes(`cluster_known_nodes:${count}`) || undefined;
  });
}

/** Returns the index of the primary that holds the keys of a jugdir with this prefix. */
export async function homeOf({ primaries }: Cluster, prefix: string): Promise<number> {
  const slot = Number(await primaries[0]?.command("CLUSTER", "KEYSLOT", `jug:{${prefix}}:results`));
  return Math.floor(slot / Math.ceil(16384 / 3));
}
