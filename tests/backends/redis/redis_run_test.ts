import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { amount, seed } from "../../support/campaign/campaign.ts";
import { until } from "../../support/file/file_processes.ts";
import { expectedOfLayers, sortedLines } from "../../support/campaign/layers_expected.ts";
import { hasRedis, type RedisServer, startRedis } from "../../support/redis/redis_server.ts";
import { runJug, type RunningJug, startJug } from "../../support/run_jug.ts";
import { seededRandom } from "../../support/campaign/seeded_random.ts";
import { leftBehind } from "../../support/campaign/left_behind.ts";
import { sampleJugfile, type Scene, withScene } from "../../support/campaign/watch.ts";

const CLI = fileURLToPath(new URL("../../../cli.ts", import.meta.url));
const ROUNDS = amount({ short: 1, long: 15 });

function test(title: string, body: (server: RedisServer, scene: Scene) => Promise<void>, isPersistent = false): void {
  Deno.test({
    name: `redis run: ${title}`,
    ignore: !hasRedis,
    fn: async () => {
      await using server = await startRedis({ isPersistent });
      await withScene((scene) => body(server, scene));
    },
  });
}

const leftAt = (server: RedisServer, prefix: string) => leftBehind(`${server.address}?prefix=${prefix}`);

function layers(scene: Scene, server: RedisServer, count: number, width: number, longestMs: number): string[] {
  const args = [sampleJugfile("layers.ts"), String(count), String(width), String(longestMs), scene.notes];
  return ["execute", ...args, "--jugdir", server.address];
}

test(
  "four concurrent `execute --workers 2` run each of 900 tasks exactly once, with the results of a serial run",
  async (server, scene) => {
    const command = [...layers(scene, server, 3, 300, 3), "--workers", "2"];
    const runs = await Promise.all(Array.from({ length: 4 }, () => runJug(command)));
    for (const { code, stderr } of runs) assert.equal(code, 0, stderr);
    const begun = scene.read().map(({ id }) => id);
    assert.deepEqual([begun.length, new Set(begun).size], [900, 900]);
    const { values, locks } = await leftAt(server, "layers");
    assert.deepEqual(sortedLines(values), expectedOfLayers(3, 300));
    assert.deepEqual(locks, []);
    const keys = await server.command("KEYS", "*");
    assert(Array.isArray(keys));
    // Redis removes the hashes of locks and failures with their last entry, and the owners have left.
    const kept = ["changes", "codes", "durations", "format", "processes", "results", "runs"];
    assert.deepEqual(keys.sort(), kept.map((key) => `jug:{layers}:${key}`));
  },
);

test("tiny tasks need at most one round trip per 32 tasks", async (server) => {
  await server.command("CONFIG", "RESETSTAT");
  const run = await runJug(["execute", sampleJugfile("many.ts"), "5000", "--jugdir", server.address]);
  assert.equal(run.code, 0, run.stderr);
  const stats = String(await server.command("INFO", "commandstats"));
  // Commands outside of scripts: each is a round trip, or shares one.
  const own = [...stats.matchAll(/cmdstat_(evalsha|hmget|ping|type|get|xrevrange|script\|load):calls=(\d+)/g)];
  const trips = own.reduce((sum, [, , calls]) => sum + Number(calls), 0);
  assert(trips > 10 && trips <= 5000 / 32, `${trips} round trips`);
});

test("only read access and net access to the server are required", async (server) => {
  const permissions = ["--allow-read", `--allow-net=127.0.0.1:${server.port}`];
  const run = await runJug(["execute", sampleJugfile("many.ts"), "3", "--jugdir", server.address], { permissions });
  assert.equal(run.code, 0, run.stderr);
  const refused = await runJug(["status", sampleJugfile("many.ts"), "3", "--jugdir", server.address], {
    permissions: ["--allow-read"],
  });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, new RegExp(`--allow-net=127.0.0.1:${server.port}`));
});

test(
  "during a long task, finished tasks of its batch are stored, and unstarted ones go to others",
  async (server, scene) => {
    const command = ["execute", sampleJugfile("straggler.ts"), scene.notes, "400", "150", "--jugdir", server.address];
    const alone = startJug(command);
    const other = scene.begun("straggler").then(() => startJug(command));
    await until("all but the one to be stored", async () => {
      return (await leftAt(server, "straggler")).values.length === 399 ? true : undefined;
    });
    scene.letEnd("straggler");
    for (const { code, stderr } of [await alone.result, await (await other).result]) assert.equal(code, 0, stderr);
    assert.equal(scene.read().length, 1, "the straggler ran once");
  },
);

test("two hosts, each with its own name and network, share one run", async (server, scene) => {
  const command = ["execute", sampleJugfile("layers.ts"), "3", "60", "20", scene.notes, "--jugdir"];
  // The other host has no network and uses the socket: a different route to the server.
  const there = ["--net", "--uts", "sh", "-c"];
  const probe = new Deno.Command("unshare", { args: [...there, "hostname elsewhere"], stderr: "null" });
  const isApart = await probe.output().then(({ success }) => success, () => false);
  const run = ["run", "-A", CLI, ...command, `unix:${server.socket}`];
  const other = new Deno.Command(isApart ? "unshare" : Deno.execPath(), {
    args: isApart ? [...there, 'hostname elsewhere && exec "$0" "$@"', Deno.execPath(), ...run] : run,
    stdout: "null",
    stderr: "null",
  });
  const [here, { success }] = await Promise.all([runJug([...command, server.address]), other.output()]);
  assert.equal(here.code, 0, here.stderr);
  assert(success);
  const begun = scene.read();
  assert.deepEqual([begun.length, new Set(begun.map(({ id }) => id)).size], [180, 180]);
  assert.equal(new Set(begun.map(({ pid }) => pid)).size, 2, "both took part");
  const { values, locks } = await leftAt(server, "layers");
  assert.deepEqual(sortedLines(values), expectedOfLayers(3, 60));
  assert.deepEqual(locks, []);
});

for (
  const [how, signal, isPersistent] of [
    ["stops and restarts with its saved data", "SIGTERM", true],
    ["is killed and restarts with its saved data", "SIGKILL", true],
    ["is killed and restarts empty", "SIGKILL", false],
  ] as const
) {
  test(`a run continues when the server ${how}`, async (server, scene) => {
    const command = layers(scene, server, 4, 40, 60);
    const runs = [startJug(command), startJug(command)];
    for (const share of [0.25, 0.6]) {
      await until("a part of the tasks", () => Promise.resolve(scene.read().length > share * 160 || undefined));
      await server.stop(signal);
      await server.start();
    }
    for (const { code, stderr } of await Promise.all(runs.map(({ result }) => result))) assert.equal(code, 0, stderr);
    const { values, locks } = await leftAt(server, "layers");
    assert.deepEqual(sortedLines(values), expectedOfLayers(4, 40));
    assert.deepEqual(locks, []);
  }, isPersistent);
}

test("a server that is paused for longer than the lease does no harm", async (server, scene) => {
  const command = [...layers(scene, server, 3, 40, 60), "--lease", "1"];
  const runs = [startJug(command), startJug(command)];
  await until("a part of the tasks", () => Promise.resolve(scene.read().length > 40 || undefined));
  server.signal("SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, 2000));
  server.signal("SIGCONT");
  for (const { code, stderr } of await Promise.all(runs.map(({ result }) => result))) assert.equal(code, 0, stderr);
  const { values, locks } = await leftAt(server, "layers");
  assert.deepEqual(sortedLines(values), expectedOfLayers(3, 40));
  assert.deepEqual(locks, []);
});

test(
  `killed processes lose no results and leave no locks (JUG_TEST_SEED=${seed})`,
  async (server, scene) => {
    const random = seededRandom(seed);
    for (let round = 0; round < ROUNDS; round++) {
      const prefix = `round-${round}`;
      const [place, ...rest] = layers(scene, server, 4, 40, 30).reverse();
      const command = [...rest.reverse(), `${place}?prefix=${prefix}`, "--lease", "1", "--workers", "2"];
      await killUntilFinished(command, random);
      const { values, locks } = await leftAt(server, prefix);
      assert.deepEqual(sortedLines(values), expectedOfLayers(4, 40));
      assert.deepEqual(locks, []);
      const before = scene.read().length;
      assert.equal((await runJug(command)).code, 0);
      assert.equal(scene.read().length, before, "finished tasks never run again");
    }
  },
);

/** Kills one of three processes at a time and starts a new one, until one has finished the run, or 10 times. */
async function killUntilFinished(command: readonly string[], random: () => number): Promise<void> {
  const alive: RunningJug[] = [];
  let isFinished = false;
  const start = () => {
    const jug = startJug(command);
    alive.push(jug);
    jug.result.then(({ code }) => isFinished ||= code === 0);
  };
  for (let index = 0; index < 3; index++) start();
  for (let kills = 0; !isFinished && kills < 10; kills++) {
    await new Promise((resolve) => setTimeout(resolve, 300 + random() * 500));
    const [victim] = alive.splice(Math.floor(random() * alive.length), 1);
    try {
      victim?.kill("SIGKILL");
    } catch (error) {
      // It had already ended.
      if (!(error instanceof TypeError)) throw error;
    }
    await victim?.result;
    start();
  }
  for (const { code, stderr } of await Promise.all(alive.map(({ result }) => result))) assert.equal(code, 0, stderr);
}
