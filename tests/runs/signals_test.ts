import assert from "node:assert/strict";
import { NOTHING } from "../support/campaign/left_behind.ts";
import type { RunningJug, RunResult } from "../support/run_jug.ts";
import { type Scene, withScene } from "../support/campaign/watch.ts";

interface Ended extends RunResult {
  /** Time from the first signal to the end of the process, in milliseconds. */
  readonly ms: number;
}

async function signalled(jug: RunningJug, signal: Deno.Signal): Promise<Ended> {
  const start = performance.now();
  jug.kill(signal);
  const result = await jug.result;
  return { ...result, ms: performance.now() - start };
}

/**
 * Checks a process that was asked to end: message and exit status, and no lock, open segment, registration or temporary
 * file left.
 */
async function leftNothing(scene: Scene, { code, stderr }: RunResult, signal: Deno.Signal): Promise<void> {
  assert.equal(code, signal === "SIGINT" ? 130 : 75, stderr);
  assert.match(stderr, new RegExp(`^jug: ended by ${signal}$`, "m"));
  assert.deepEqual(await scene.leftovers(), NOTHING);
}

/** Checks that the next run executes the tasks that were given up, so that nothing is lost. */
async function goesOn(scene: Scene, tasks: readonly string[], names: readonly string[]): Promise<void> {
  for (const name of names) scene.letEnd(name);
  const { code, stderr } = await scene.hold(tasks).result;
  assert.equal(code, 0, stderr);
  assert.equal((await scene.results()).length, names.length);
}

/** What makes SIGTERM as short as Ctrl-C is. */
const SHORT = ["--grace", "1s"];

for (const [signal, options] of [["SIGINT", []], ["SIGTERM", SHORT]] as const) {
  Deno.test(`${signal} gives up an asynchronous task within 2 s, and a later run executes it`, async () => {
    await withScene(async (scene) => {
      const jug = scene.hold(["async:t"], options);
      await scene.begun("t");
      const ended = await signalled(jug, signal);
      assert(ended.ms < 2000, `${ended.ms} ms`);
      await leftNothing(scene, ended, signal);
      await goesOn(scene, ["async:t"], ["t"]);
    });
  });

  Deno.test(`${signal} ends a run whose synchronous task blocks its thread, and releases its lock`, async () => {
    await withScene(async (scene) => {
      const jug = scene.hold(["busy:t"], options);
      await scene.begun("t");
      const ended = await signalled(jug, signal);
      assert(ended.ms < 5000, `${ended.ms} ms`);
      await leftNothing(scene, ended, signal);
      await goesOn(scene, ["busy:t"], ["t"]);
    });
  });
}

Deno.test("SIGTERM lets a task that is about to end store its result, and no other task begins", async () => {
  await withScene(async (scene) => {
    const jug = scene.hold(["async:t", "async:u"]);
    const [first] = await Promise.race([
      scene.begun("t").then(() => ["t"]),
      scene.begun("u").then(() => ["u"]),
    ]);
    assert(first !== undefined);
    jug.kill("SIGTERM");
    await jug.saw("SIGTERM: no further task begins");
    scene.letEnd("t");
    scene.letEnd("u");
    await leftNothing(scene, await jug.result, "SIGTERM");
    assert.deepEqual(scene.read().filter(({ event }) => event === "begin").map(({ id }) => id), [first]);
    assert.equal((await scene.results()).length, 1);
  });
});

Deno.test("SIGTERM ends a run whose jugfile waits at a barrier within 2 s", async () => {
  await withScene(async (scene) => {
    const tasks = ["async:t", "barrier", "async:u"];
    const jug = scene.hold(tasks, SHORT);
    await scene.begun("t");
    const ended = await signalled(jug, "SIGTERM");
    assert(ended.ms < 2000, `${ended.ms} ms`);
    await leftNothing(scene, ended, "SIGTERM");
    await goesOn(scene, tasks, ["t", "u"]);
  });
});

Deno.test("SIGINT ends two workers, one in an asynchronous task and one in a synchronous one", async () => {
  await withScene(async (scene) => {
    const tasks = ["async:t", "busy:u"];
    const jug = scene.hold(tasks, ["--workers", "2"]);
    await Promise.all([scene.begun("t"), scene.begun("u")]);
    const ended = await signalled(jug, "SIGINT");
    assert(ended.ms < 5000, `${ended.ms} ms`);
    await leftNothing(scene, ended, "SIGINT");
    await goesOn(scene, tasks, ["t", "u"]);
  });
});

Deno.test("SIGTERM ends two workers with asynchronous tasks within 2 s", async () => {
  await withScene(async (scene) => {
    const tasks = ["async:t", "async:u"];
    const jug = scene.hold(tasks, ["--workers", "2", ...SHORT]);
    await Promise.all([scene.begun("t"), scene.begun("u")]);
    const ended = await signalled(jug, "SIGTERM");
    assert(ended.ms < 2000, `${ended.ms} ms`);
    await leftNothing(scene, ended, "SIGTERM");
  });
});

Deno.test("a second signal ends the run at once and releases its locks", async () => {
  await withScene(async (scene) => {
    const jug = scene.hold(["async:t", "busy:u"], ["--workers", "2"]);
    await Promise.all([scene.begun("t"), scene.begun("u")]);
    jug.kill("SIGINT");
    await jug.saw("SIGINT: giving up");
    const ended = await signalled(jug, "SIGTERM");
    // After one signal alone, the asynchronous task would get a second, and the synchronous one half a second more.
    assert(ended.ms < 900, `${ended.ms} ms`);
    await leftNothing(scene, ended, "SIGINT");
  });
});

Deno.test("a signal to a process that waits for another ends it at once and leaves the lock of the other", async () => {
  await withScene(async (scene) => {
    const working = scene.hold(["async:t"]);
    await scene.begun("t");
    const waiting = scene.hold(["async:t"]);
    await waiting.saw("waiting for 1 that others run");
    const { code, ms, stderr } = await signalled(waiting, "SIGINT");
    assert.equal(code, 130);
    assert(ms < 2000, `${ms} ms`);
    assert.match(stderr, /hold\('t'\) was not run: held by /);
    assert.equal((await scene.locks()).length, 1);
    scene.letEnd("t");
    assert.equal((await working.result).code, 0);
    assert.equal(scene.read().filter(({ event }) => event === "begin").length, 1);
  });
});

Deno.test("SIGTERM ends a run whose jugfile is still being loaded within 2 s", async () => {
  await withScene(async (scene) => {
    const jug = scene.hold(["load:all", "async:t"], ["--workers", "2"]);
    await scene.begun("all");
    const ended = await signalled(jug, "SIGTERM");
    assert(ended.ms < 2000, `${ended.ms} ms`);
    await leftNothing(scene, ended, "SIGTERM");
  });
});
