import assert from "node:assert/strict";
import { until } from "../../support/file/file_processes.ts";
import { expectedOfLayers, sortedLines } from "../../support/campaign/layers_expected.ts";
import { leftBehind } from "../../support/campaign/left_behind.ts";
import {
  GROUP,
  homeOf,
  isPrimary,
  startCluster,
  startPair,
  startSentinels,
  swap,
  swapByHand,
  untilCopied,
  untilInStep,
  untilNamed,
} from "../../support/redis/redis_groups.ts";
import { hasRedis, type RedisServer } from "../../support/redis/redis_server.ts";
import { type RunningJug, startJug } from "../../support/run_jug.ts";
import { startProxy } from "../../support/redis/tcp_proxy.ts";
import { sampleJugfile, type Scene, withScene } from "../../support/campaign/watch.ts";

const LAYERS = 6;
const WIDTH = 40;
const TASKS = LAYERS * WIDTH;

/** A run of two processes with two workers each, during which servers fail. */
interface Run {
  readonly scene: Scene;
  /** Starts the processes. */
  begin(address: string): void;
  /** Waits until a share of the tasks has started. */
  reached(share: number): Promise<unknown>;
  /**
   * Waits for the end, and checks that no result is lost or wrong and no lock is left.
   *
   * @param there An address that works at the end, if the one given to `begin` no longer does.
   */
  end(there?: string): Promise<void>;
}

function test(title: string, body: (stack: AsyncDisposableStack, run: Run) => Promise<void>): void {
  Deno.test({
    name: `redis failover run: ${title}`,
    ignore: !hasRedis,
    fn: () =>
      withScene(async (scene) => {
        await using stack = new AsyncDisposableStack();
        await body(stack, runIn(scene, stack));
      }),
  });
}

function runIn(scene: Scene, stack: AsyncDisposableStack): Run {
  const runs: RunningJug[] = [];
  let address = "";
  return {
    scene,
    begin(where) {
      address = where;
      const args = [sampleJugfile("layers.ts"), String(LAYERS), String(WIDTH), "60", scene.notes];
      const command = ["execute", ...args, "--jugdir", address, "--workers", "2"];
      for (let index = 0; index < 2; index++) {
        const jug = startJug(command);
        runs.push(jug);
        stack.defer(async () => {
          try {
            jug.kill("SIGKILL");
          } catch (error) {
            // It has already ended.
            if (!(error instanceof TypeError)) throw error;
          }
          await jug.result;
        });
      }
    },
    reached: (share) => {
      const distinct = () => new Set(scene.read().map(({ id }) => id)).size;
      return until(`${share} of the tasks`, () => Promise.resolve(distinct() > share * TASKS || undefined));
    },
    async end(there = address) {
      for (const { code, stderr } of await Promise.all(runs.map(({ result }) => result))) assert.equal(code, 0, stderr);
      const { values, locks } = await leftBehind(`${there}?prefix=layers`);
      assert.deepEqual(sortedLines(values), expectedOfLayers(LAYERS, WIDTH));
      assert.deepEqual(locks, []);
    },
  };
}

async function untilPrimary(server: RedisServer): Promise<void> {
  await until("the replica to be promoted", async () => await isPrimary(server) || undefined);
}

test("two servers swap roles and back, and the address follows the primary", async (stack, run) => {
  const { primary, replica } = await startPair(stack);
  using line = startProxy({ target: primary.port });
  run.begin(`redis://127.0.0.1:${line.port}`);
  await run.reached(0.25);
  await swap(primary, replica);
  line.target = replica.port;
  await run.reached(0.6);
  await untilInStep(primary);
  await swap(replica, primary);
  line.target = primary.port;
  await run.end();
  // Nothing was lost, so no task had to run twice.
  assert.equal(run.scene.read().length, TASKS);
});

test("a primary is demoted manually while it accepts writes, which are lost", async (stack, run) => {
  const { primary, replica } = await startPair(stack);
  using line = startProxy({ target: primary.port });
  run.begin(`redis://127.0.0.1:${line.port}`);
  await run.reached(0.3);
  await swapByHand(primary, replica);
  line.target = replica.port;
  await run.end();
});

test("the cluster node that the address names is killed, comes back, and becomes primary again", async (stack, run) => {
  const cluster = await startCluster(stack, { hasReplicas: true, timeoutMs: 2000 });
  const home = await homeOf(cluster, "layers");
  const [primary, replica] = [cluster.primaries[home], cluster.replicas[home]];
  assert(primary !== undefined && replica !== undefined);
  run.begin(primary.address);
  await run.reached(0.25);
  await primary.stop("SIGKILL");
  await untilPrimary(replica);
  await primary.start();
  await untilInStep(primary);
  await run.reached(0.5);
  await untilCopied(replica, primary);
  await primary.command("CLUSTER", "FAILOVER");
  await untilPrimary(primary);
  await untilInStep(replica);
  await run.reached(0.7);
  await primary.stop("SIGKILL");
  await run.end(replica.address);
});

test("Sentinels: a primary is killed, and then the next one together with a Sentinel", async (stack, run) => {
  const { primary, replica } = await startPair(stack);
  const [first, ...others] = await startSentinels(stack, primary);
  assert(first !== undefined);
  run.begin(`redis+sentinel://127.0.0.1:${[...others, first].map(({ port }) => port).join(",127.0.0.1:")}/${GROUP}`);
  await run.reached(0.25);
  await primary.stop("SIGKILL");
  // Until then, the Sentinels would name the old primary, which comes back without its data.
  await untilNamed([first, ...others], replica);
  await primary.start();
  await until("it to be a replica", async () => !await isPrimary(primary) || undefined);
  await untilInStep(primary);
  await run.reached(0.6);
  await Promise.all([replica.stop("SIGKILL"), others[0]?.stop("SIGKILL")]);
  await run.end();
});

test("the error about a node that Deno may not connect to names the flag", async (stack, { scene }) => {
  const cluster = await startCluster(stack, { hasReplicas: true, timeoutMs: 2000 });
  const home = await homeOf(cluster, "layers");
  const [primary, replica] = [cluster.primaries[home], cluster.replicas[home]];
  const other = cluster.primaries.find((node) => node !== primary);
  assert(primary !== undefined && replica !== undefined && other !== undefined);
  const args = [sampleJugfile("layers.ts"), String(LAYERS), String(WIDTH), "60", scene.notes];
  const start = (...ports: number[]) => {
    const net = ports.map((port) => `127.0.0.1:${port}`).join(",");
    const permissions = ["--allow-read", `--allow-write=${scene.notes}`, `--allow-net=${net}`];
    const jugdir = `${primary.address}?prefix=layers&patience=8`;
    return startJug(["execute", ...args, "--jugdir", jugdir], { permissions });
  };
  const [alone, some] = [start(primary.port), start(primary.port, other.port)];
  await until("both to work", () => {
    return Promise.resolve(new Set(scene.read().map(({ pid }) => pid)).size === 2 || undefined);
  });
  await primary.stop("SIGKILL");
  const [first, second] = await Promise.all([alone.result, some.result]);
  assert.equal(first.code, 1);
  assert.match(first.stderr, new RegExp(`no server answers there(.|\\n)*--allow-net=.*127.0.0.1:${other.port}`));
  assert.equal(second.code, 1);
  assert.match(second.stderr, new RegExp(`--allow-net=127.0.0.1:${replica.port}`));
});
