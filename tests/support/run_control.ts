/**
 * Checks of what `jug` must do however it is started: each option of a run, each subcommand and each kind of thread
 * once.
 *
 * @module
 */
import assert from "node:assert/strict";
import { startDashboardBy } from "./dashboard.ts";
import type { RunResult } from "./run_jug.ts";

/** A way to start jug. */
export interface Way {
  /** The words before the arguments of jug. */
  readonly command: readonly string[];
  /** The working directory, in which the jugfiles are written. */
  readonly folder: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The specifier by which jugfiles import the library. */
  readonly library: string;
}

/** Runs jug in this way, to its end. */
export async function runWay({ command, folder, env }: Way, words: string): Promise<RunResult> {
  const [program = "", ...args] = [...command, ...words.split(" ")];
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd: folder,
    clearEnv: true,
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Ten tasks that end only when all of them are running. */
const MEETING = `
let here = 0;
const all = Promise.withResolvers();
const meet = TaskGenerator(async function meet(n) {
  if (++here === 10) all.resolve();
  await all.promise;
  return n;
}, { timeout: 20_000 });
export const met = Array.from({ length: 10 }, (_, n) => n).map(meet);
`;

const FLAKY = `
const flaky = TaskGenerator(function flaky() {
  const { attempt } = taskContext();
  console.log("this is attempt", attempt);
  if (attempt < 3) throw new Error("by chance");
  return attempt;
}, { retries: 2, backoff: 1 });
export const tried = flaky();
`;

const SPIN = `
const spin = TaskGenerator(function spin() { for (;;); }, { timeout: 300 });
const twice = TaskGenerator(function twice(n) { return 2 * n; });
spin();
export const doubled = Array.from({ length: Number(args[0] ?? 6) }, (_, n) => n).map(twice);
`;

/** V8 adds some megabytes to a limit. Without a limit it allows gigabytes. */
const GREEDY = `
import { getHeapStatistics } from "node:v8";
if (typeof self !== "object") throw new Error("threads have lost a name");
export const limit = TaskGenerator(function limit() { return getHeapStatistics().heap_size_limit; })();
const greedy = TaskGenerator(async function greedy() {
  await new Promise((resolve) => setTimeout(resolve, 10));
  for (const all = [];;) all.push(new Array(100_000).fill(Math.random()));
}, { timeout: 20_000 });
greedy();
TaskGenerator(function greedier() {
  for (const all = [];;) all.push(new Array(100_000).fill(Math.random()));
}, { timeout: 20_000 })();
`;

/** More memory than a worker uses without triggering its memory management. */
const LARGE = `
const held = [];
const hold = TaskGenerator(async function hold(n) {
  held.push(new Float64Array(15_000_000).fill(n));
  await new Promise((resolve) => setTimeout(resolve, 150));
  return n;
});
[1, 2, 3].map(hold);
`;

const RANDOM = `
TaskGenerator(function same(n) { return n; })(Math.random());
`;

/** The task ends when a progress line names it. */
const WATCHED = `
export const watched = TaskGenerator(async function watched() {
  taskContext().progress(0.25, "looking");
  while (!Deno.readTextFileSync("progress.txt").includes("watched() (25 % looking)")) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}, { timeout: 20_000 })();
`;

const INNER = `
const double = TaskGenerator(function double(n) { return 2 * n; });
export const doubled = args.map(Number).map(double);
`;

/** Uses modules that the library loads only on demand. */
const OUTER = `
import { cachedGlob, openSession, runCommand, writeTaskOut } from "LIBRARY";
await using session = await openSession({ jugfile: "inner.js", jugdir: "memory:", args: ["1", "20"] });
await session.execute();
const same = TaskGenerator(function same(x) { return x; });
export const kept = same([await session.value("doubled"), await cachedGlob("inn*.js")]);
export const status = runCommand(["/bin/sh", "-c", "exit 0"]);
writeTaskOut(kept, "out.yaml", { format: "yaml" });
`;

/**
 * Runs all checks in an empty folder. `isBrief`: only those that start threads and processes or load modules on demand.
 */
export async function checkControl(t: Deno.TestContext, way: Way, isBrief = false): Promise<void> {
  const stepUnlessBrief = (name: string, check: () => Promise<void>) =>
    isBrief ? Promise.resolve(true) : t.step(name, check);
  const jug = (words: string) => runWay(way, words);
  const write = (name: string, source: string) =>
    Deno.writeTextFileSync(
      `${way.folder}/${name}`,
      `import { args, TaskGenerator, taskContext } from "LIBRARY";${source}`.replaceAll("LIBRARY", way.library),
    );
  const succeeds = async (words: string, expected: string | RegExp) => {
    const { code, stdout, stderr } = await jug(words);
    assert.equal(code, 0, `jug ${words}: ${stderr}`);
    if (typeof expected === "string") assert.equal(stdout, expected);
    else assert.match(stdout, expected);
  };
  const fails = async (words: string, status: number, expected: RegExp) => {
    const { code, stdout, stderr } = await jug(words);
    assert.equal(code, status, `jug ${words}: ${stderr}`);
    assert.match(stderr, expected);
    return stdout;
  };

  await stepUnlessBrief(
    "asynchronous tasks run at once; sleep-until waits for them, and check finds them finished",
    async () => {
      write("meeting.js", MEETING);
      await fails("check meeting.js", 1, /10 of 10 tasks/);
      const waiting = jug("sleep-until meeting.js");
      await succeeds("execute meeting.js --concurrency 10", /^meeting\.meet +10 +0\b/m);
      assert.equal((await waiting).code, 0);
      await succeeds("check meeting.js", "");
    },
  );
  await stepUnlessBrief("a task that fails twice is retried, and its log contains all attempts", async () => {
    write("flaky.js", FLAKY);
    await succeeds("execute flaky.js --quiet", /^flaky\.flaky +1 +0\b/m);
    await succeeds("log flaky.js flaky", /is attempt 1\n[^]*is attempt 2\n[^]*is attempt 3\n/);
  });
  await t.step("the thread of a task that never returns is replaced; failures lists it, retry frees it", async () => {
    write("spin.js", SPIN);
    const stdout = await fails("execute spin.js --keep-going --keep-failed", 1, /Deno cannot stop its thread/);
    assert.match(stdout, /^spin\.twice +6 +0\b/m);
    await succeeds("failures spin.js", /^1 × TimeoutError: .* 300 ms, and did not return\n.*spin\.spin\(\)/);
    await succeeds("retry spin.js", /^spin\.spin +1$/m);
  });
  await stepUnlessBrief("results are packed, copied, counted, invalidated and cleaned up", async () => {
    await succeeds("pack spin.js", /^Merged \d+ files into one$/m);
    await succeeds("copy spin.jugdata sqlite:copied.db", /^6 copied/);
    await succeeds("invalidate spin.js --target twice --jugdir sqlite:copied.db", /^spin\.twice +6$/m);
    await succeeds("cleanup spin.js 4", /^Removed 2 unused results$/m);
    await succeeds("status spin.js --short", "4 finished, 0 running, 3 ready, 0 waiting\n");
    await succeeds("count spin.js", /^Total: +7$/m);
  });
  await t.step("graph draws a PNG, and an SVG on stdout", async () => {
    await succeeds("graph spin.js --output graph.png", "");
    const png = Deno.readFileSync(`${way.folder}/graph.png`);
    assert.deepEqual([...png.slice(1, 4)], [0x50, 0x4e, 0x47]);
    assert.ok(png.length > 5000, `${png.length} bytes are a picture without text`);
    await succeeds("graph spin.js", /^<svg [^]*<\/svg>\n$/);
  });
  await t.step("tasks, times, why, stale and report show a run; webstatus serves its page and its data", async () => {
    // The step that cleans up two results is not always run.
    const left = isBrief ? 6 : 4;
    await succeeds("tasks spin.js --state finished", new RegExp(`^(.*spin\\.twice\\(\\d\\)\n){${left}}$`));
    await succeeds("times spin.js", new RegExp(`^spin\\.twice +${left}\\b`, "m"));
    await succeeds("why spin.js spin", /^spin\.spin\[0\]\(\) \([0-9a-f]{8}\) is ready\b/);
    await succeeds("stale spin.js", new RegExp(`^spin\\.twice +${left} {2}current$`, "m"));
    await succeeds("config spin.js", /^workers\b/m);
    await succeeds("completions fish", /complete/);
    await succeeds("report spin.js --output report.html", "");
    const report = Deno.readTextFileSync(`${way.folder}/report.html`);
    assert.match(report, /^<!doctype html>/i);
    assert.match(report, /spin\.twice/);
    await using dashboard = await startDashboardBy(way, "spin.js --port 0");
    const page = await (await fetch(dashboard.addresses[0] ?? "")).text();
    assert.match(page, /^<!doctype html>/i);
    for await (const { total } of dashboard.updates()) {
      assert.equal(total?.finished, left);
      break;
    }
    assert.equal((await dashboard.stop()).code, 0);
  });
  await t.step("--isolate kills the process of a task that never returns", async () => {
    const stdout = await fails("execute spin.js --isolate --keep-going --jugdir isolated", 1, /its process is killed/);
    assert.match(stdout, /^spin\.twice +6 +0\b/m);
  });
  await stepUnlessBrief("--memory-limit holds in isolated workers, for sync and async functions", async () => {
    write("greedy.js", GREEDY);
    const died =
      /greedy\.greed(y|ier)\(\) failed\n {2}Error: its worker process ran out of memory \(--memory-limit 64\)/;
    const words = "execute greedy.js --isolate --memory-limit 64 --keep-going";
    assert.match(await fails(words, 1, new RegExp(`${died.source}[^]*${died.source}`)), /^greedy\.limit +1 +0\b/m);
    const { stdout } = await jug("value greedy.js limit");
    assert.ok(Number(stdout) < 400e6, stdout);
  });
  await stepUnlessBrief("a process that grows large continues", async () => {
    write("large.js", LARGE);
    await succeeds("execute large.js", /^large\.hold +3 +0\b/m);
  });
  await t.step("--debug finds that two loads declare different tasks", async () => {
    write("random.js", RANDOM);
    await fails("execute random.js --debug", 3, /two loads of random\.js declare different tasks/);
  });
  await stepUnlessBrief("progress is written to a file as plain lines, with what a task reports", async () => {
    write("watched.js", WATCHED);
    const shell = ["/bin/sh", "-c", 'exec "$@" 2> progress.txt', "sh", ...way.command];
    const { code } = await runWay({ ...way, command: shell }, "execute watched.js");
    const progress = Deno.readTextFileSync(`${way.folder}/progress.txt`);
    assert.equal(code, 0, progress);
    assert.match(progress, /^0 of 1 finished \(0 here\), running watched\.watched\(\) \(25 % looking\)$/m);
  });
  await t.step("sessions work, and modules that the library loads on demand", async () => {
    write("inner.js", INNER);
    write("outer.js", OUTER);
    await succeeds("execute outer.js", /^jug\.runCommand +1 +0\b/m);
    await succeeds("value outer.js kept --json", /^\[\s*\[\s*2,\s*40\s*\],\s*\[\s*"inner\.js"\s*\]\s*\]\n$/);
    assert.match(Deno.readTextFileSync(`${way.folder}/out.yaml`), /^- - 2\n {2}- 40\n- - inner\.js\n$/);
  });
}
