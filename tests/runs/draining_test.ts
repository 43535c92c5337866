import assert from "node:assert/strict";
import { openBackend } from "../../backends/open.ts";
import { leftBehind } from "../support/campaign/left_behind.ts";
import { type Scene, withScene } from "../support/campaign/watch.ts";
import { until } from "../support/file/file_processes.ts";
import { hasRedis, startRedis } from "../support/redis/redis_server.ts";

/** Checks that the jugdir holds the results of these tasks, no lock and no failure. */
async function holdsOnly({ jugdir }: Scene, count: number): Promise<void> {
  const { values, locks } = await leftBehind(jugdir);
  assert.deepEqual([values.length, locks], [count, []]);
  const backend = await openBackend(jugdir);
  try {
    assert.deepEqual((await Array.fromAsync(backend.listFailures())).flat(), []);
  } finally {
    await backend.close();
  }
}

/**
 * A process with two workers gets SIGTERM: one task may end in the grace period, the other declares that it takes an
 * hour. Another process must begin that one while the first still runs.
 */
async function givesBack(scene: Scene, kind: string, options: readonly string[] = []): Promise<void> {
  const tasks = ["async:t", `${kind}:u`];
  const leaving = scene.hold(tasks, ["--workers", "2", "--grace", "60s", ...options]);
  await Promise.all([scene.begun("t"), scene.begun("u")]);
  const staying = scene.hold(tasks);
  await staying.saw("waiting for 2 that others run");
  leaving.kill("SIGTERM");
  await scene.begun("u", staying.pid);
  assert(!scene.read().some(({ event }) => event === "end"));
  scene.letEnd("t");
  const left = await leaving.result;
  assert.equal(left.code, 75, left.stderr);
  assert.match(left.stderr, /^jug: ended by SIGTERM$/m);
  scene.letEnd("u", staying.pid);
  const stayed = await staying.result;
  assert.equal(stayed.code, 0, stayed.stderr);
  const ends = scene.read().filter(({ event }) => event === "end").map(({ id, pid }) => [id, pid === staying.pid]);
  assert.deepEqual(ends.sort(), [["t", false], ["u", true]]);
  await holdsOnly(scene, 2);
}

Deno.test("a process that drains gives a long asynchronous task back at once, and finishes the other", async () => {
  await withScene((scene) => givesBack(scene, "long"));
});

Deno.test("a process that drains gives a task back at once that blocks its thread", async () => {
  await withScene((scene) => givesBack(scene, "longbusy"));
});

Deno.test("a process that drains kills the worker process of a long task that blocks it", async () => {
  await withScene((scene) => givesBack(scene, "longbusy", ["--isolate"]));
});

Deno.test("a process that drains gives a long task back at once in SQLite", async () => {
  await withScene((scene) => givesBack(scene, "long"), (folder) => `sqlite:${folder}/jug.db`);
});

Deno.test({
  name: "a process that drains gives a long task back at once in Redis",
  ignore: !hasRedis,
  fn: async () => {
    await using server = await startRedis();
    await withScene((scene) => givesBack(scene, "long"), () => `${server.address}?prefix=holds`);
  },
});

Deno.test("a task that fails while its process drains is given back, and keeps its retries", async () => {
  await withScene(async (scene) => {
    const tasks = ["retried:t", "long:u"];
    const leaving = scene.hold(tasks, ["--concurrency", "2", "--grace", "60s"]);
    await Promise.all([scene.begun("t.1"), scene.begun("u")]);
    leaving.kill("SIGTERM");
    // The worker has heard of the end as soon as it has given back the long task.
    await until("the long task to be given back", async () => (await scene.locks()).length === 1 || undefined);
    scene.letEnd("t.1");
    const left = await leaving.result;
    assert.equal(left.code, 75, left.stderr);
    assert.match(left.stderr, /^holds\.retried\('t'\) is given back: it ended with RangeError: t cannot be done/m);
    scene.letEnd("t.2");
    scene.letEnd("u");
    const next = await scene.hold(tasks).result;
    assert.equal(next.code, 0, next.stderr);
    const attempts = scene.read().map(({ id }) => id).filter((id) => id.startsWith("t."));
    assert.deepEqual(attempts.sort(), ["t.1", "t.1", "t.2"]);
    await holdsOnly(scene, 2);
  });
});

Deno.test("SIGUSR2 drains; the status is 0 if nothing is left to do", async () => {
  await withScene(async (scene) => {
    const jug = scene.hold(["async:t"]);
    await scene.begun("t");
    jug.kill("SIGUSR2");
    await jug.saw("SIGUSR2: no further task begins; those that end within 8 s are finished");
    scene.letEnd("t");
    const { code, stderr } = await jug.result;
    assert.equal(code, 0, stderr);
    await holdsOnly(scene, 1);
  });
});

Deno.test("the second signal ends the grace period", async () => {
  await withScene(async (scene) => {
    const jug = scene.hold(["async:t"], [], { env: { SLURM_JOB_ID: "1" } });
    await scene.begun("t");
    jug.kill("SIGTERM");
    await jug.saw("SIGTERM: no further task begins; those that end within 25 s are finished");
    jug.kill("SIGTERM");
    const { code, stderr } = await jug.result;
    assert.equal(code, 75, stderr);
    assert(!scene.read().some(({ event }) => event === "end"));
    await holdsOnly(scene, 0);
  });
});

Deno.test("an execute that no task can end in begins none of them, and says so with a status of its own", async () => {
  await withScene(async (scene) => {
    scene.letEnd("t");
    const { code, stderr } = await scene.hold(["async:t", "long:u"], ["--time", "59m"]).result;
    assert.equal(code, 69, stderr);
    assert.match(
      stderr,
      /^jug: the time ends at \S+ \(--time 59m\), and no task that is left is expected to end by then$/m,
    );
    assert.match(stderr, /^jug: holds\.long\('u'\) was not run: takes 60 min, longer than all the time that/m);
    assert.deepEqual(scene.read().map(({ id }) => id), ["t", "t"]);
    await holdsOnly(scene, 1);
  });
});

Deno.test("when the time is over, no further task begins, and the status says that work is left", async () => {
  await withScene(async (scene) => {
    const end = Math.ceil(Date.now() / 1000) + 10;
    const job = { SLURM_JOB_ID: "1", SLURM_JOB_END_TIME: String(end) };
    const jug = scene.hold(["async:t", "barrier", "busy:u"], [], { env: job });
    await scene.begun("t");
    await until("the end of the job", () => Promise.resolve(Date.now() > 1000 * end || undefined));
    scene.letEnd("t");
    const { code, stderr } = await jug.result;
    assert.equal(code, 75, stderr);
    assert.match(stderr, /^jug: the time ends at \S+ \(the end of the Slurm job\)/m);
    assert.match(stderr, /^jug: holds\.busy\('u'\) was not run: the time is over$/m);
    await holdsOnly(scene, 1);
  });
});
