import assert from "node:assert/strict";
import { hashTask } from "../../core/value/hash.ts";
import { Watchdog } from "../../engine/run/watchdog.ts";
import { NOTHING } from "../support/campaign/left_behind.ts";
import { type Project, withProject } from "../support/project.ts";

const HEAD = `import { TaskGenerator } from "jug";
const twice = TaskGenerator(function twice(n: number) { return 2 * n; });
`;

/** A task that never returns, with a timeout of a second, and six other tasks. */
const SPINS = `${HEAD}
const spin = TaskGenerator(function spin(_: number) {
  Deno.writeTextFileSync("began", String(Date.now()));
  console.log("spinning");
  for (;;);
}, { timeout: 1000 });
spin(1);
export const doubled = [1, 2, 3, 4, 5, 6].map(twice);
`;

/** Returns the failures that `jug failures --json` lists. */
async function failuresOf(project: Project, jugfile: string): Promise<readonly { message: string; time: string }[]> {
  const listed: unknown = JSON.parse((await project.jug(`failures ${jugfile} --json`)).stdout);
  const groups: unknown = Object(listed).groups;
  assert(Array.isArray(groups));
  return groups.flatMap(({ message, tasks }) => tasks.map(({ time }: { time: string }) => ({ message, time })));
}

for (const isolate of ["", " --isolate"]) {
  Deno.test(`execute${isolate} fails a task with an endless loop within two seconds, and runs the others`, async () => {
    await withProject({ "spins.ts": SPINS }, async (project) => {
      const { code, stdout, stderr } = await project.jug(`execute spins.ts --keep-going${isolate}`);
      assert.equal(code, 1, stderr);
      assert.match(stdout, /^spins\.twice +6 +0\b/m);
      assert.match(stderr, /spins\.spin\(1\) failed\n {2}TimeoutError: .*timeout of 1000 ms/);
      assert.match(stderr, isolate === "" ? /Deno cannot stop its thread/ : /its process is killed/);
      const began = Number(Deno.readTextFileSync(`${project.folder}/began`));
      const [failure, ...others] = await failuresOf(project, "spins.ts");
      assert.equal(others.length, 0);
      assert.match(failure?.message ?? "", /timeout of 1000 ms/);
      const ms = new Date(failure?.time ?? 0).getTime() - began;
      assert(ms >= 900 && ms < 2000, `${ms} ms`);
      assert.match((await project.jug("log spins.ts spin")).stdout, /^spinning$/m);
      assert.deepEqual(await project.leftovers("spins.jugdata"), NOTHING);
    });
  });
}

Deno.test("a worker is not replaced if its task reacts to its signal, even when other tasks block the thread", async () => {
  const source = `import { TaskGenerator, taskContext } from "jug";
const download = TaskGenerator(async function download(_: number) {
  const { signal } = taskContext();
  await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}, { timeout: 200, retries: 1, backoff: 10 });
const compute = TaskGenerator(function compute(n: number) {
  for (const end = Date.now() + 1200; Date.now() < end;);
  return n;
});
download(1);
[1, 2, 3].map(compute);
`;
  await withProject({ "beside.ts": source }, async (project) => {
    const { code, stdout, stderr } = await project.jug("execute beside.ts --concurrency 2 --keep-going");
    assert.equal(code, 1);
    assert.match(stdout, /^beside\.compute +3 +0\b/m);
    assert.match(stderr, /^beside\.download\(1\): attempt 1 failed \(TimeoutError: .*\), the next one follows/m);
    assert.doesNotMatch(stderr, /does not return/);
  });
});

Deno.test("a timeout applies to a function that blocks and then returns, whatever else it awaits", async () => {
  const source = `import { TaskGenerator } from "jug";
function block(ms: number) { for (const end = performance.now() + ms; performance.now() < end;); }
function pause(ms: number) { return new Promise<void>((resolve) => setTimeout(resolve, ms)); }
const limit = { timeout: 150 };
TaskGenerator(function blocks() { block(300); return 1; }, limit)();
TaskGenerator(function defers() { block(300); return Promise.resolve(1); }, limit)();
TaskGenerator(async function begins() { block(300); await pause(1); return 1; }, limit)();
TaskGenerator(async function ends() { await pause(1); block(300); return 1; }, limit)();
TaskGenerator(async function adds() { block(100); await pause(100); return 1; }, limit)();
TaskGenerator(async function again() { block(300); return 1; }, { timeout: 150, retries: 1, backoff: 1 })();
TaskGenerator(function quick() { block(10); return 1; }, { timeout: 30_000 })();
TaskGenerator(async function later() { block(10); await pause(1); return 1; }, { timeout: 30_000 })();
`;
  await withProject({ "blocks.ts": source }, async (project) => {
    const { code, stderr } = await project.jug("execute blocks.ts --keep-going");
    assert.equal(code, 1);
    assert.deepEqual(project.results("blocks.jugdata").map(({ name }) => name).sort(), [
      "blocks.later",
      "blocks.quick",
    ]);
    for (const name of ["blocks", "defers", "begins", "ends", "adds", "again"]) {
      assert.match(stderr, new RegExp(`blocks\\.${name}\\(\\) failed\n  TimeoutError: .*timeout of 150 ms`), name);
    }
    assert.match(stderr, /blocks\.again\(\): attempt 1 failed \(TimeoutError/);
  });
});

Deno.test("a task that ended in time is not late because another task then blocks the thread", async () => {
  const source = `import { TaskGenerator } from "jug";
const wait = TaskGenerator(async function wait(ms: number) {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return ms;
}, { timeout: 400 });
const compute = TaskGenerator(function compute(n: number) {
  for (const end = performance.now() + 800; performance.now() < end;);
  return n;
});
wait(50);
compute(1);
`;
  await withProject({ "pair.ts": source }, async ({ jug }) => {
    const { code, stderr } = await jug("execute pair.ts --concurrency 2");
    assert.equal(code, 0, stderr);
  });
});

Deno.test("without --keep-going, a task with an endless loop ends the run", async () => {
  await withProject({ "spins.ts": SPINS }, async (project) => {
    const { code, stderr } = await project.jug("execute spins.ts --target spin");
    assert.equal(code, 1);
    assert.match(stderr, /1 task failed; the run was stopped/);
    assert.deepEqual(await project.leftovers("spins.jugdata"), NOTHING);
  });
});

Deno.test("a lost worker is replaced, and its locks and resources become free for others", async () => {
  const source = `${HEAD}
const spin = TaskGenerator(function spin(_: number) { for (;;); }, { timeout: 300, resources: { gpu: 1 } });
const draw = TaskGenerator(function draw(n: number) { return n; }, { resources: { gpu: 1 } });
export const all = [spin(1), spin(2), ...[1, 2, 3].map(draw), ...[1, 2, 3].map(twice)];
`;
  await withProject({ "gpu.ts": source }, async (project) => {
    const { code, stdout, stderr } = await project.jug("execute gpu.ts --keep-going --provides gpu=1 --workers 2");
    assert.equal(code, 1, stderr);
    assert.match(stdout, /^gpu\.draw +3 +0\b/m);
    assert.match(stdout, /^gpu\.twice +3 +0\b/m);
    assert.match(stderr, /2 tasks failed/);
    assert.deepEqual(await project.leftovers("gpu.jugdata"), NOTHING);
  });
});

Deno.test("logs of a lost worker's tasks are kept apart, even if two calls have the same label", () => {
  const watchdog = new Watchdog(() => {}, Date.now);
  const hashes = [1, 2].map((n) => hashTask({ name: "m.f", version: undefined, args: [n] }).hash);
  const label = "m.f('a very long argument …')";
  for (const hash of hashes) {
    watchdog.begin(0, { lock: { hash, token: "o.0.1" }, name: "m.f", label, attempt: 1, timeout: Infinity });
  }
  hashes.forEach((hash, n) => watchdog.heard(0, hash, `line of ${n}\n`));
  watchdog.heard(0, undefined, "of the top level\n");
  assert.deepEqual(watchdog.forget(0).map(({ log }) => log.text()), ["line of 0\n", "line of 1\n"]);
});
