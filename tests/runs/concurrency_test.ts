import assert from "node:assert/strict";
import { withProject } from "../support/project.ts";

/** Tasks that return when they began and ended, in milliseconds since 1970. */
const SPANS = `import { TaskGenerator } from "jug";
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const timed = (ms: number) => async (_n: number) => {
  const start = Date.now();
  await pause(ms);
  return { start, end: Date.now() };
};
`;

interface Span {
  readonly start: number;
  readonly end: number;
}

function isSpan(value: unknown): value is Span {
  return typeof value === "object" && value !== null && "start" in value && "end" in value;
}

/** Returns the results of the tasks with this name, in the order in which they began. */
function spansOf(results: readonly { name: string; value: unknown }[], name: string): Span[] {
  const values = results.filter((result) => result.name === name).map((result) => result.value);
  return values.filter(isSpan).sort((a, b) => a.start - b.start);
}

/**
 * Returns the most tasks that ran at a time. A task that ends in the millisecond in which another begins does not
 * count.
 */
function mostAtOnce(spans: readonly Span[]): number {
  return Math.max(
    ...spans.map(({ start }) => spans.filter((other) => other.start <= start && start < other.end).length),
  );
}

/**
 * Returns how many tasks ran at a time on average. On a busy machine the tasks and the whole run take longer by the
 * same factor, so this value stays the same.
 */
function meanAtOnce(spans: readonly Span[]): number {
  const whole = Math.max(...spans.map(({ end }) => end)) - Math.min(...spans.map(({ start }) => start));
  return spans.reduce((sum, { start, end }) => sum + end - start, 0) / whole;
}

// On an idle machine: 1,000 tasks that wait 100 ms each end in under 2 s.
Deno.test("of 1,000 waiting tasks, at least 50 run at a time on average with --concurrency 100", async () => {
  const source = `${SPANS}
const wait = TaskGenerator(timed(100), { name: "wait" });
for (let n = 0; n < 1000; n++) wait(n);`;
  await withProject({ "wait.ts": source }, async ({ jug, results }) => {
    const { code, stderr } = await jug("execute wait.ts --concurrency 100");
    assert.equal(code, 0, stderr);
    const spans = spansOf(results("wait.jugdata"), "wait.wait");
    assert.equal(spans.length, 1000);
    const mean = meanAtOnce(spans);
    assert.ok(mean >= 50, `${mean} at a time`);
    assert.equal(mostAtOnce(spans) <= 100, true);
  });
});

Deno.test("a function's concurrency holds in each worker, and does not limit other functions", async () => {
  const source = `${SPANS}
const few = TaskGenerator(timed(40), { name: "few", concurrency: 2 });
const many = TaskGenerator(timed(200), { name: "many" });
for (let n = 0; n < 10; n++) few(n);
for (let n = 0; n < 10; n++) many(n);`;
  await withProject({ "few.ts": source }, async ({ jug, results }) => {
    const { code, stderr } = await jug("execute few.ts --concurrency 20");
    assert.equal(code, 0, stderr);
    const stored = results("few.jugdata");
    assert.equal(mostAtOnce(spansOf(stored, "few.few")), 2);
    assert.ok(mostAtOnce(spansOf(stored, "few.many")) > 2);
  });
});

Deno.test("tasks that had to wait are run, even if all running tasks end before the worker checks again", async () => {
  const source = `${SPANS}
const few = TaskGenerator(timed(40), { name: "few", concurrency: 1 });
// The last of these holds the thread up for longer than all that runs beside it takes.
const stall = TaskGenerator(async function stall(ms: number) {
  await pause(ms);
  for (const end = Date.now() + 100; Date.now() < end;);
});
for (let n = 0; n < 5; n++) few(n);
for (let n = 0; n < 5; n++) stall(30 + 10 * n);`;
  await withProject({ "stall.ts": source }, async ({ jug, results }) => {
    const { code, stderr } = await jug("execute stall.ts --concurrency 20");
    assert.equal(code, 0, stderr);
    const few = spansOf(results("stall.jugdata"), "stall.few");
    assert.deepEqual([few.length, mostAtOnce(few)], [5, 1]);
  });
});

Deno.test("a function's rate holds for all workers of a process together", async () => {
  const source = `${SPANS}
const ask = TaskGenerator(timed(5), { name: "ask", rate: 20 });
for (let n = 0; n < 20; n++) ask(n);`;
  await withProject({ "ask.ts": source }, async ({ jug, results }) => {
    const { code, stderr } = await jug("execute ask.ts --workers 2 --concurrency 10");
    assert.equal(code, 0, stderr);
    const spans = spansOf(results("ask.jugdata"), "ask.ask");
    assert.equal(spans.length, 20);
    // 20 per second means 50 ms apart. How long after its turn each task begins depends on the machine.
    const took = (spans.at(-1)?.start ?? 0) - (spans[0]?.start ?? 0);
    assert.ok(took >= 19 * 50 - 100, `20 tasks began within ${took} ms`);
  });
});

Deno.test("the workers of a process share its resources", async () => {
  const source = `${SPANS}
const train = TaskGenerator(timed(60), { name: "train", resources: { gpu: 1 } });
const wide = TaskGenerator(timed(60), { name: "wide", resources: { gpu: 2 } });
for (let n = 0; n < 8; n++) train(n);
wide(0);`;
  await withProject({ "gpu.ts": source }, async ({ jug, results }) => {
    const { code, stderr } = await jug("execute gpu.ts --workers 2 --concurrency 8 --provides gpu=2");
    assert.equal(code, 0, stderr);
    const stored = results("gpu.jugdata");
    const [train, wide] = [spansOf(stored, "gpu.train"), spansOf(stored, "gpu.wide")];
    assert.deepEqual([train.length, wide.length], [8, 1]);
    assert.ok(mostAtOnce(train) <= 2);
    assert.equal(mostAtOnce([...train, ...wide]) <= 2, true);
    const alone = wide[0];
    assert.ok(alone !== undefined);
    assert.deepEqual(train.filter(({ start, end }) => start < alone.end && alone.start < end), []);
  });
});

Deno.test("a task that needs more resources than the process has is reported, with its dependents, and the others run", async () => {
  const source = `import { TaskGenerator } from "jug";
const train = TaskGenerator(function train(n: number) { return n; }, { resources: { gpu: 3 } });
const report = TaskGenerator(function report(n: number) { return n; });
const plain = TaskGenerator(function plain(n: number) { return n; });
report(train(1));
plain(2);`;
  await withProject({ "gpu.ts": source }, async ({ jug, results }) => {
    const { code, stderr } = await jug("execute gpu.ts --workers 2 --provides gpu=2");
    assert.equal(code, 69, "the same command could do nothing more");
    assert.match(stderr, /gpu\.train\(1\) was not run: takes gpu=3, more than this process has/);
    assert.match(stderr, /gpu\.report\(.*\) was not run: needs gpu\.train/);
    assert.deepEqual(results("gpu.jugdata").map(({ name }) => name), ["gpu.plain"]);
    assert.equal((await jug("execute gpu.ts --provides gpu=3")).code, 0);
  });
});

/** Returns when a task first began while another was running, in milliseconds since 1970. */
function firstOverlap(spans: readonly Span[]): number {
  const inOrder = spans.toSorted((a, b) => a.start - b.start);
  let last = -Infinity;
  for (const { start, end } of inOrder) {
    if (start < last) return start;
    last = Math.max(last, end);
  }
  return Infinity;
}

Deno.test("two workers compute at the same time: at least 1.4 tasks run at a time on average", async () => {
  const source = `import { TaskGenerator } from "jug";
const compute = TaskGenerator(function compute(n: number) {
  const start = Date.now();
  let x = n + 1;
  for (let i = 0; i < 8_000_000; i++) x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  return { start, end: Date.now(), x };
});
for (let n = 0; n < 100; n++) compute(n);`;
  await withProject({ "compute.ts": source }, async ({ jug, results }) => {
    const { code, stderr } = await jug("execute compute.ts --workers 2");
    assert.equal(code, 0, stderr);
    const spans = spansOf(results("compute.jugdata"), "compute.compute");
    assert.equal(spans.length, 100);
    // Without threads a synchronous task would run alone.
    assert.equal(mostAtOnce(spans), 2);
    // On a busy machine one worker may start late.
    const together = spans.filter(({ start }) => start >= firstOverlap(spans));
    assert.ok(meanAtOnce(together) >= 1.4, `${meanAtOnce(together)} at a time`);
  });
});
