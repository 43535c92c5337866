/**
 * `jug launch slurm --watch` on a real Slurm whose workers are requeued, cancelled and killed at random.
 * `JUG_SLURM=full` is the long form: 10,000 tasks, 200 disturbances.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { jobName } from "../../commands/launch/job_name.ts";
import { seed } from "../support/campaign/campaign.ts";
import { leftBehind } from "../support/campaign/left_behind.ts";
import { seededRandom } from "../support/campaign/seeded_random.ts";
import { type Note, withScene } from "../support/campaign/watch.ts";
import { startJug } from "../support/run_jug.ts";
import { hasSlurm, SKIPPED, type Slurm, startSlurm } from "./rig.ts";
import { joinedProcesses, workerPids } from "./workers.ts";

const isFull = Deno.env.get("JUG_SLURM") === "full";
const FORM = isFull
  ? { tasks: 10_000, ms: 100, max: 8, disturbances: 200, everyS: 5, idleS: 20, betweenMs: 1500 }
  : { tasks: 300, ms: 300, max: 4, disturbances: 6, everyS: 3, idleS: 10, betweenMs: 2000 };
/** How much later than --idle a worker may end on a busy machine, in seconds. */
const MARGIN_S = 20;

const JUGFILE = fileURLToPath(new URL("jugfiles/naps.ts", import.meta.url));

/** What was done to workers. */
interface Disturbances {
  /** The processes that it was done to. */
  readonly pids: ReadonlySet<number>;
  /** How many jobs it has ended for good. */
  readonly ended: number;
  readonly count: number;
}

/** Disturbs a random worker again and again, until `isOver`. */
async function disturb(slurm: Slurm, name: string, read: () => Note[], isOver: () => boolean): Promise<Disturbances> {
  const random = seededRandom(seed);
  const pids = new Set<number>();
  let ended = 0;
  let count = 0;
  while (!isOver() && count < FORM.disturbances) {
    await new Promise((resolve) => setTimeout(resolve, FORM.betweenMs * (0.5 + random())));
    // One that has finished a task: if three in a row finish none, the launch stops, as it should.
    const useful = new Set(read().filter(({ event }) => event === "end").map(({ pid }) => pid));
    const workers = [...workerPids(name)].filter(([, pid]) => useful.has(pid));
    const [id, pid] = workers[Math.floor(random() * workers.length)] ?? [];
    if (isOver() || id === undefined || pid === undefined) continue;
    pids.add(pid);
    const kind = Math.floor(random() * 3);
    // It may have ended meanwhile.
    if (kind === 0) await slurm.command("scontrol", "requeue", id).catch(() => {});
    else if (kind === 1) await slurm.command("scancel", id).catch(() => {});
    else kill(pid);
    if (kind > 0) ended++;
    count++;
  }
  return { pids, ended, count };
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

Deno.test({
  name:
    `launch slurm --watch replaces workers that are requeued, cancelled and killed (JUG_TEST_SEED=${seed})${SKIPPED}`,
  ignore: !hasSlurm,
  fn: () =>
    withScene(async ({ jugdir, notes, read, locks }) => {
      await using slurm = await startSlurm();
      const name = jobName(jugdir);
      const times = ["--idle", `${FORM.idleS}s`, "--every", `${FORM.everyS}s`];
      const launch = startJug([
        ...["launch", "slurm", JUGFILE, notes, `${FORM.tasks}`, `${FORM.ms}`, "--jugdir", jugdir, "--watch"],
        ...["--max", `${FORM.max}`, "--permissions", "-A", ...times],
      ], { env: slurm.env });
      let isOver = false;
      const [{ code, stderr }, disturbed] = await Promise.all([
        launch.result.finally(() => isOver = true),
        disturb(slurm, name, read, () => isOver),
      ]);
      assert.equal(code, 0, stderr);
      assert.ok(disturbed.count >= Math.min(3, FORM.disturbances), "too few workers were disturbed to show anything");

      // Nothing is lost.
      const { values } = await leftBehind(jugdir);
      assert.deepEqual(
        values.map(Number).sort((a, b) => a - b),
        Array.from({ length: FORM.tasks }, (_, index) => index),
      );
      // Nothing is completed twice: a task runs again only if its process was disturbed.
      const ends = Map.groupBy(read().filter(({ event }) => event === "end"), ({ id }) => id);
      for (const [id, runs] of ends) {
        const undisturbed = runs.filter(({ pid }) => !disturbed.pids.has(pid));
        assert.ok(undisturbed.length <= 1, `task ${id} was completed twice`);
      }
      assert.deepEqual(await locks(), []);

      // Submissions are arrays, and only of as many jobs as were missing.
      const submitted = [...stderr.matchAll(/submitting (\d+) more/g)].map(([, digits]) => Number(digits));
      const jobs = submitted.reduce((sum, each) => sum + each, 0);
      assert.equal(slurm.submitted().length, submitted.length);
      assert.equal(submitted[0], FORM.max);
      assert.ok(jobs <= FORM.max + disturbed.ended, `${jobs} jobs for ${disturbed.ended} that were ended`);

      // The workers that are left end by themselves, and none has idled for longer than it should.
      while ((await slurm.elements()).some(({ state }) => state === "RUNNING")) {
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      const last = Map.groupBy(read(), ({ pid }) => pid);
      for (const { pid, started, left } of await joinedProcesses(jugdir)) {
        if (pid === undefined || started === undefined || left === undefined) continue;
        const busyUntil = (last.get(pid) ?? []).reduce((latest, { time }) => Math.max(latest, time), started);
        const idle = (left - busyUntil) / 1000;
        assert.ok(idle <= FORM.idleS + MARGIN_S, `worker ${pid} had nothing to do for ${idle} s`);
      }
      console.log(
        `${FORM.tasks} tasks, ${disturbed.count} disturbances, ${submitted.length} submissions of ${jobs} jobs, ` +
          `${read().filter(({ event }) => event === "begin").length} runs`,
      );
    }),
});
