import assert from "node:assert/strict";
import { taskContext } from "jug";
import { withProject } from "../support/project.ts";

Deno.test("a task that fails twice and then succeeds is finished after two retries, and its log contains all attempts", () =>
  withProject({
    "moody.ts": `import { taskContext, TaskGenerator } from "jug";
const moody = TaskGenerator(async function moody(good: number) {
  const { attempt, log } = taskContext();
  log.info("attempt", attempt);
  await Promise.resolve();
  if (attempt < good) throw new Error("not yet");
  console.log("done");
  return attempt;
}, { retries: 2, backoff: 2 });
export const third = moody(3);
export const never = moody(4);
`,
  }, async ({ jug }) => {
    const { code, stderr } = await jug("execute moody.ts --keep-going");
    assert.equal(code, 1);
    assert.match(stderr, /^jug: 1 task failed$/m);
    assert.equal((await jug("value moody.ts third")).stdout, "3\n");
    const tries = (...ends: string[]) =>
      ends.map((end, i) =>
        `attempt ${i + 1}\n` +
        (end === "" ? "done\n" : `[attempt ${i + 1} failed (Error: not yet), the next one ${end}]\n`)
      ).join("");
    // The pause before an attempt doubles each time.
    const log = tries("follows in 2 ms", "follows in 4 ms", "");
    assert.equal((await jug("log moody.ts moody[0]")).stdout, log);
    const failed = await jug("log moody.ts moody[1]");
    assert.equal(failed.stdout, log.replace("done\n", ""));
    assert.match(failed.stderr, /^moody\.moody\(4\) \(\w+\) failed in attempt 3 at .*\nError: not yet\n/);
  }));

Deno.test("with --concurrency 10, no task sees the context or log of another", () =>
  withProject({
    "together.ts": `import { taskContext, TaskGenerator } from "jug";
let begun = 0;
const all = Promise.withResolvers<void>();
const contexts = new Set<unknown>();
const step = TaskGenerator(async function step(n: number) {
  const context = taskContext();
  contexts.add(context);
  context.log.info(n + ": begins");
  if (++begun === 10) all.resolve();
  await all.promise;
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, (n * 7 + i) % 5));
    console.log(n + ": step " + i);
    if (taskContext() !== context) throw new Error("another context");
  }
  await Promise.all([1, 2].map(async (i) => {
    await Promise.resolve();
    taskContext().log.warn(n + ": inner " + i);
  }));
  return contexts.size;
});
export const sizes = Array.from({ length: 10 }, (_, n) => step(n));
`,
  }, async ({ jug }) => {
    const { code, stderr } = await jug("execute together.ts --concurrency 10 --verbose quiet");
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse((await jug("value together.ts sizes --json")).stdout), Array(10).fill(10));
    for (const n of [0, 4, 9]) {
      const said = ["begins", "step 0", "step 1", "step 2", "inner 1", "inner 2"].map((text) => `${n}: ${text}\n`);
      assert.equal((await jug(`log together.ts step ${n}`)).stdout, said.join(""));
    }
  }));

Deno.test("an asynchronous task that exceeds its timeout gets an abort signal and fails, and the others finish", () =>
  withProject({
    "slow.ts": `import { taskContext, TaskGenerator } from "jug";
const heeding = TaskGenerator(async function heeding() {
  const { signal } = taskContext();
  await new Promise((_, reject) => signal.addEventListener("abort", () => {
    console.log("fired", signal.reason.name);
    reject(new Error("ended by itself"));
  }));
}, { timeout: 20 });
const deaf = TaskGenerator(async function deaf() { await new Promise(() => {}); }, { timeout: 20 });
const quick = TaskGenerator(async function quick(n: number) { await Promise.resolve(); return n; }, { timeout: 60_000 });
heeding();
deaf();
export const others = [1, 2, 3].map((n) => quick(n));
`,
  }, async ({ jug }) => {
    const { code } = await jug("execute slow.ts --keep-going");
    assert.equal(code, 1);
    assert.equal((await jug("value slow.ts others --json")).stdout.replace(/\s/g, ""), "[1,2,3]");
    const { groups } = JSON.parse((await jug("failures slow.ts --json")).stdout);
    // The error has no frame of user code, so failures of different functions are not grouped.
    assert.deepEqual(groups.map(({ error, message }: Group) => [error, message]), [
      ["TimeoutError", "it took longer than its timeout of 20 ms"],
      ["TimeoutError", "it took longer than its timeout of 20 ms"],
    ]);
    const names = groups.map(({ tasks }: Group) => tasks.map(({ name }) => name).join());
    assert.deepEqual(names.sort(), ["slow.deaf", "slow.heeding"]);
    assert.equal((await jug("log slow.ts heeding")).stdout, "fired TimeoutError\n");
  }));

interface Group {
  readonly error: string;
  readonly message: string;
  readonly tasks: readonly { readonly name: string }[];
}

Deno.test("an abandoned attempt keeps its own context while the next one runs", () =>
  withProject({
    "abandoned.ts": `import { type TaskContext, taskContext, TaskGenerator } from "jug";
let first: TaskContext | undefined;
const late = Promise.withResolvers<TaskContext>();
const again = Promise.withResolvers<void>();
const twice = TaskGenerator(async function twice() {
  const context = taskContext();
  if (context.attempt === 1) {
    first = context;
    await again.promise;
    console.log("the first attempt goes on");
    late.resolve(taskContext());
    await new Promise(() => {});
  }
  again.resolve();
  const own = await late.promise;
  return [own === first, own.attempt, own.signal.aborted, context.attempt, context.signal.aborted];
}, { timeout: 200, retries: 1, backoff: 0 });
export const contexts = twice();
`,
  }, async ({ jug }) => {
    const { code, stderr } = await jug("execute abandoned.ts --verbose quiet");
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse((await jug("value abandoned.ts contexts --json")).stdout), [true, 1, true, 2, false]);
    const log = (await jug("log abandoned.ts twice")).stdout;
    assert.match(log, /^\[attempt 1 failed \(TimeoutError: .*\), .*\]\nthe first attempt goes on\n$/);
  }));

Deno.test("taskContext() is refused outside a running task", async () => {
  assert.throws(() => taskContext(), /^JugError: taskContext\(\) was called outside a task\n {2}Call it inside/);
  await withProject({ "top.ts": `import { taskContext } from "jug";\ntaskContext();\n` }, async ({ jug }) => {
    const { code, stderr } = await jug("execute top.ts");
    assert.equal(code, 3);
    assert.match(stderr, /taskContext\(\) was called outside a task\n {2}Call it inside the function of a task/);
  });
});
