import assert from "node:assert/strict";
import type { LockEntry } from "../../backends/backend.ts";
import { fileBackend } from "../../backends/file.ts";
import { type Leftovers, NOTHING } from "../support/campaign/left_behind.ts";
import { until } from "../support/file/file_processes.ts";
import type { RunningJug } from "../support/run_jug.ts";
import { type Scene, withScene } from "../support/campaign/watch.ts";

/** With these permissions a process does not recognize that another process runs on its own host. */
const BLIND = ["-A", "--deny-sys"];

/** Returns the only lock in the jugdir. */
async function theLock(scene: Scene): Promise<LockEntry> {
  const [lock, ...others] = await scene.locks();
  assert(lock !== undefined && others.length === 0);
  return lock;
}

/** Returns what is left besides the registration of a process that was killed, which others may not have removed yet. */
async function leftByHeirs(scene: Scene): Promise<Leftovers> {
  return { ...await scene.leftovers(), workers: [] };
}

/** Waits until an observer on this host considers the owner of the only lock dead. */
async function leaseRunsOut({ jugdir }: Scene): Promise<void> {
  const backend = fileBackend({ root: jugdir });
  await until("the lease to run out", async () => {
    const entries = (await Array.fromAsync(backend.listLocks())).flat();
    return entries.every(({ state }) => state === "dead") ? true : undefined;
  });
  await backend.close();
}

async function endsWell(...runs: RunningJug[]): Promise<void> {
  for (const { code, stderr } of await Promise.all(runs.map(({ result }) => result))) assert.equal(code, 0, stderr);
}

Deno.test("a task of a killed process is taken over within 2 s on the same host, long before its lease ends", async () => {
  await withScene(async (scene) => {
    const victim = scene.hold(["async:t"], ["--lease", "600"]);
    await scene.begun("t");
    const heir = scene.hold(["async:t"], ["--lease", "600"]);
    await heir.saw("waiting for 1 that others run");
    const start = Date.now();
    victim.kill("SIGKILL");
    const { time } = await scene.begun("t", heir.pid);
    assert(time - start < 2000, `${time - start} ms`);
    scene.letEnd("t");
    await endsWell(heir);
    assert.deepEqual(await scene.results(), [{ name: "t", pid: heir.pid, after: undefined }]);
    assert.deepEqual(await leftByHeirs(scene), NOTHING);
  });
});

Deno.test("a killed process is found while others continue to finish tasks", async () => {
  await withScene(async (scene) => {
    const { notes, read } = scene;
    // The victim holds `t`, another process finishes a task every few milliseconds, and a third only waits.
    const victim = scene.hold(["async:t"]);
    await scene.begun("t");
    const busyNotes = `${notes}/busy`;
    Deno.mkdirSync(busyNotes);
    const waiting = scene.hold(["async:t"]);
    await waiting.saw("waiting for 1 that others run");
    const busy = scene.start("layers.ts", ["1", "400", "30", busyNotes]);
    await until("the other process to be busy", () => {
      return Promise.resolve([...Deno.readDirSync(busyNotes)].length > 0 ? true : undefined);
    });
    const start = Date.now();
    victim.kill("SIGKILL");
    const { time } = await scene.begun("t", waiting.pid);
    assert(time - start < 2000, `${time - start} ms`);
    busy.kill("SIGTERM");
    scene.letEnd("t");
    await endsWell(waiting);
    await busy.result;
    assert.equal(read().filter(({ id, event }) => id === "t" && event === "end").length, 1);
  });
});

Deno.test("without --allow-sys a lock is kept while its owner renews its lease, and taken over when the lease ends", async () => {
  await withScene(async (scene) => {
    const { jugdir } = scene;
    const victim = scene.hold(["async:t"], ["--lease", "1"], { permissions: BLIND });
    await scene.begun("t");
    const heir = scene.hold(["async:t"], ["--lease", "1"], { permissions: BLIND });
    await heir.saw("waiting for 1 that others run");
    const { owner } = await theLock(scene);
    const beat = () => Number(Deno.readTextFileSync(`${jugdir}/workers/${owner}`).slice(0, 16));
    const first = beat();
    // The lease is renewed every third of its length.
    await until("the lease to be renewed for twice its length", () => Promise.resolve(beat() > first + 6 || undefined));
    assert.equal(scene.read().length, 1, "nobody took it over");
    victim.kill("SIGKILL");
    const start = Date.now();
    const { time } = await scene.begun("t", heir.pid);
    assert(time - start < 5000, `${time - start} ms`);
    scene.letEnd("t");
    await endsWell(heir);
    assert.deepEqual(await leftByHeirs(scene), NOTHING);
  });
});

Deno.test("a process stopped past its lease keeps its result if nobody took its task over", async () => {
  await withScene(async (scene) => {
    const sleeper = scene.hold(["async:t", "async:u<t"], ["--lease", "1"]);
    await scene.begun("t");
    sleeper.kill("SIGSTOP");
    await leaseRunsOut(scene);
    scene.letEnd("t");
    scene.letEnd("u");
    sleeper.kill("SIGCONT");
    await endsWell(sleeper);
    assert.equal(scene.read().filter(({ event }) => event === "begin").length, 2, "each task ran once");
    assert.equal((await scene.results()).length, 2);
    assert.deepEqual(await scene.leftovers(), NOTHING);
  });
});

Deno.test("a stopped process that resumes after its lease and finishes first stores its result, which the new owner leaves", async () => {
  await withScene(async (scene) => {
    const sleeper = scene.hold(["async:t"], ["--lease", "1"]);
    await scene.begun("t");
    const heir = scene.hold(["async:t"], ["--lease", "1"]);
    sleeper.kill("SIGSTOP");
    await scene.begun("t", heir.pid);
    sleeper.kill("SIGCONT");
    scene.letEnd("t", sleeper.pid);
    await until("the sleeper's result", async () => (await scene.results()).length > 0 || undefined);
    assert.deepEqual(await scene.locks(), [], "a finished task is not locked");
    scene.letEnd("t", heir.pid);
    await endsWell(sleeper, heir);
    assert.deepEqual(await scene.results(), [{ name: "t", pid: sleeper.pid, after: undefined }]);
    assert.deepEqual(await scene.leftovers(), NOTHING);
  });
});

Deno.test("a stopped process that resumes after its lease does not replace a result that others have read", async () => {
  await withScene(async (scene) => {
    const tasks = ["async:t", "async:u<t"];
    const sleeper = scene.hold(tasks, ["--lease", "1"]);
    await scene.begun("t");
    const heir = scene.hold(tasks, ["--lease", "1"]);
    sleeper.kill("SIGSTOP");
    await scene.begun("t", heir.pid);
    scene.letEnd("t", heir.pid);
    // The heir now holds `u`, computed from its own `t`.
    await scene.begun("u", heir.pid);
    const { token } = await theLock(scene);
    sleeper.kill("SIGCONT");
    scene.letEnd("t", sleeper.pid);
    await sleeper.saw("waiting for 1 that others run");
    assert.equal((await theLock(scene)).token, token);
    scene.letEnd("u");
    await endsWell(sleeper, heir);
    const results = new Set((await scene.results()).map((result) => JSON.stringify(result)));
    assert.deepEqual(
      results,
      new Set(
        [{ name: "t", pid: heir.pid }, { name: "u", pid: heir.pid, after: heir.pid }].map((it) => JSON.stringify(it)),
      ),
    );
    assert.deepEqual(await scene.leftovers(), NOTHING);
  });
});
