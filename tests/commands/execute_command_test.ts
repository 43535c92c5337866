import assert from "node:assert/strict";
import { until } from "../support/file/file_processes.ts";
import { withProject } from "../support/project.ts";

/** A jugfile with two chains of three tasks: leaf, middle, top. */
const CHAINS = `import { TaskGenerator } from "jug";
const leaf = TaskGenerator(function leaf(n: number) { return n; });
const middle = TaskGenerator(function middle(n: number) { return n; });
const top = TaskGenerator(function top(n: number) { return n; });
export const tops = [1, 2].map((n) => top(middle(leaf(n))));
`;

Deno.test("if loading takes longer than the time limit, one task still runs, in threads and processes", async () => {
  const source = `import { TaskGenerator } from "jug";
const f = TaskGenerator(function f(n: number) { return n; });
await new Promise((resolve) => setTimeout(resolve, 100));
for (let n = 0; n < 20; n++) f(n);
`;
  await withProject({ "slow.ts": source }, async ({ jug, results }) => {
    for (const [round, words] of ["", "--workers 2", "--isolate"].entries()) {
      const { code, stderr } = await jug(`execute slow.ts ${words}`.trim(), { env: { JUG_MAX_SECONDS: "0.001" } });
      assert.equal(code, 0, stderr);
      assert.match(stderr, /^jug: stopped, since the time limit is reached$/m);
      const count = results("slow.jugdata").length;
      assert.ok(count > round && count < 20, `${count} results after ${round + 1} runs`);
    }
  });
});

Deno.test("stop variables and stop files end a run with status 0 and a reason; an option ignores them", async () => {
  await withProject({ "chains.ts": CHAINS }, async ({ jug, write, folder }) => {
    const limited = await jug("execute chains.ts --workers 2", { env: { JUG_MAX_TASKS: "2" } });
    assert.equal(limited.code, 0);
    assert.match(limited.stderr, /^jug: stopped, since the task limit is reached$/m);
    assert.match(limited.stdout, /^Total: +2 +0\b/m);
    for (const env of [{ JUG_MAX_SECONDS: "0" }, { JUG_MAX_MINUTES: "0", JUG_MAX_HOURS: "0" }]) {
      const timed = await jug("execute chains.ts --jugdir timed.jugdata", { env });
      assert.equal(timed.code, 0);
      assert.match(timed.stderr, /^jug: stopped, since the time limit is reached$/m);
    }
    write("halt", "");
    const halted = await jug("execute chains.ts", { env: { JUG_EXIT_IF_FILE_EXISTS: "halt" } });
    assert.match(halted.stderr, /^jug: stopped, since the file halt exists$/m);
    write("__jug_please_stop_running.txt", "");
    const stopped = await jug("execute chains.ts");
    assert.match(stopped.stderr, /^jug: stopped, since the file __jug_please_stop_running\.txt exists$/m);
    assert.match((await jug("status chains.ts --short")).stdout, /^2 finished, 0 running/);
    const ignored = await jug("execute chains.ts --no-check-environment", { env: { JUG_MAX_TASKS: "0" } });
    assert.equal(ignored.code, 0);
    assert.match(ignored.stdout, /^Total: +4 +2\b/m);
    Deno.removeSync(`${folder}/__jug_please_stop_running.txt`);
    write("failing.ts", CHAINS.replace("leaf(n: number) { return n; }", 'leaf(n: number) { throw new Error("no"); }'));
    const failing = await jug("execute failing.ts --keep-going", { env: { JUG_MAX_TASKS: "2" } });
    assert.equal(failing.code, 1);
    assert.match(failing.stderr, /^jug: 2 tasks failed$[^]*^jug: stopped, since the task limit is reached$/m);
    const odd = await jug("execute chains.ts", { env: { JUG_MAX_TASKS: "many" } });
    assert.equal(odd.code, 2);
    assert.match(odd.stderr, /^jug: the environment variable JUG_MAX_TASKS is "many", not a number\n {2}Set it/);
  });
});

Deno.test("a stop file that appears while tasks run ends the run between two tasks", async () => {
  await withProject({
    "stop.ts": `import { TaskGenerator } from "jug";
const step = TaskGenerator(async function step(n: number) {
  if (n === 2) Deno.writeTextFileSync("__jug_please_stop_running.txt", "");
  await new Promise((resolve) => setTimeout(resolve, n === 2 ? 50 : 0));
});
let n = 0;
for (const all = [1, 2, 3, 4]; n < all.length; n++) step(all[n] ?? 0);
`,
  }, async ({ jug }) => {
    const { code, stderr } = await jug("execute stop.ts");
    assert.equal(code, 0);
    assert.match(stderr, /^jug: stopped, since the file __jug_please_stop_running\.txt exists$/m);
    const left = /(\d) ready/.exec((await jug("status stop.ts --short")).stdout)?.[1];
    assert.ok(Number(left) <= 3, `${left} tasks left`);
  });
});

Deno.test("--target runs only matching tasks, and reports those that need a task it leaves out", async () => {
  await withProject({ "chains.ts": CHAINS }, async ({ jug }) => {
    const early = await jug("execute chains.ts --target middle");
    assert.equal(early.code, 1);
    assert.match(
      early.stderr,
      /^jug: 2 tasks chains\.middle, such as chains\.middle\(<chains\.leaf>\), were not run: needs chains\.leaf, which --target excludes$/m,
    );
    const leaf = await jug("execute chains.ts --target leaf --workers 2");
    assert.equal(leaf.code, 0);
    assert.doesNotMatch(leaf.stderr, /not run|no task/);
    assert.match(leaf.stdout, /^chains\.leaf +2 +0\b.*\n\.+\nTotal: +2 +0\b/m);
    assert.equal((await jug("execute chains.ts --target /e$|top/")).code, 0);
    assert.equal((await jug("check chains.ts")).code, 0);
    const slip = await jug("execute chains.ts --target tpo --workers 2");
    assert.equal(slip.code, 2);
    assert.match(
      slip.stderr,
      /^jug: no task matches tpo\n {2}Did you mean top\? There are tasks chains\.leaf, chains\.middle, chains\.top\n$/m,
    );
  });
});

Deno.test("later runs skip a task with a kept failure until cleanup --failed-only removes the failure", async () => {
  const source = (demand: string) =>
    `import { TaskGenerator } from "jug";
const f = TaskGenerator(function f(n: number) {
  console.log("tried " + n);
  if (${demand}) throw new Error("no");
});
[1, 2, 3].map(f);
`;
  await withProject({ "kept.ts": source("n === 2") }, async ({ jug, write }) => {
    assert.equal((await jug("execute kept.ts --keep-going --keep-failed")).code, 1);
    write("kept.ts", source("false"));
    const left = await jug("execute kept.ts");
    assert.equal(left.code, 1);
    assert.doesNotMatch(left.stdout, /tried/);
    assert.match(
      left.stderr,
      /^jug: kept\.f\(2\) failed in an earlier run with --keep-failed; `jug retry` frees it$/m,
    );
    // This works even if the jugfile does not load.
    write("kept.ts", "this is no module (");
    const freed = await jug("cleanup kept.ts --failed-only");
    assert.deepEqual([freed.code, freed.stdout], [0, "Removed 1 failures\n"]);
    assert.equal((await jug("cleanup kept.ts --locks-only")).stdout, "Removed 0 locks\n");
    assert.equal((await jug("cleanup kept.ts")).code, 3);
    write("kept.ts", source("false"));
    const again = await jug("execute kept.ts");
    assert.deepEqual([again.code, again.stdout.match(/tried \d/g)], [0, ["tried 2"]]);
    assert.match((await jug("status kept.ts")).stdout, /^Task name +Waiting +Ready/);
  });
});

Deno.test("invalidate removes the results of a task and its dependents, which then run again", async () => {
  await withProject({ "chains.ts": CHAINS }, async ({ jug }) => {
    await jug("execute chains.ts");
    const { stdout, stderr } = await jug("invalidate chains.ts --target chains.middle");
    assert.match(stdout, /^Task name +Invalidated\n-+\nchains\.middle +2\nchains\.top +2\n\.+\nTotal: +4\n$/);
    assert.equal(stderr, "");
    assert.equal((await jug("status chains.ts --short")).stdout, "2 finished, 0 running, 2 ready, 2 waiting\n");
    assert.match((await jug("execute chains.ts")).stdout, /^Total: +4 +2\b/m);
    assert.equal((await jug("invalidate chains.ts")).code, 2);
  });
});

Deno.test("cleanup removes only the results of tasks that the jugfile no longer declares", async () => {
  await withProject({ "chains.ts": CHAINS }, async ({ jug, write, results }) => {
    await jug("execute chains.ts");
    write("chains.ts", CHAINS.replace("[1, 2]", "[2]"));
    const { stdout } = await jug("cleanup chains.ts --keep-locks");
    assert.match(stdout, /^Task name +Unused\n[^]*\nRemoved 3 unused results\n$/);
    assert.deepEqual(results("chains.jugdata").map(({ value }) => value), [2, 2, 2]);
    assert.match((await jug("execute chains.ts")).stdout, /^Total: +0 +3\b/m);
  });
});

const BUSY = `import { args, TaskGenerator } from "jug";
const busy = TaskGenerator(function busy(n: number) {
  Deno.writeTextFileSync(args[0] + "/" + n, "");
  if (args[1] === "fails" && [...Deno.readDirSync(args[0])].length > 3 && isFirst()) throw new Error("no");
  for (const end = Date.now() + 100; Date.now() < end;);
  return n;
});
/** Of all that ask only one is: the other worker has to be told of the failure. */
function isFirst() {
  try {
    Deno.mkdirSync(args[0] + ".failed");
    return true;
  } catch {
    return false;
  }
}
for (let n = 0; n < 40; n++) busy(n);
`;

for (const jugdir of ["busy.jugdata", "sqlite:busy.jugdb"]) {
  Deno.test(`between synchronous tasks a worker notices the run's end and stores its results: ${jugdir}`, async () => {
    await withProject({ "busy.ts": BUSY }, async ({ jug, startJug, folder }) => {
      Deno.mkdirSync(`${folder}/failing`);
      const { code } = await jug(`execute busy.ts failing fails --workers 2 --jugdir ${jugdir}`);
      assert.equal(code, 1);
      const begun = [...Deno.readDirSync(`${folder}/failing`)].length;
      assert.ok(begun < 20, `${begun} of 40 tasks were started, although about the fourth failed`);

      Deno.mkdirSync(`${folder}/killed`);
      await jug(`invalidate busy.ts killed --target busy --jugdir ${jugdir}`);
      const killed = startJug(`execute busy.ts killed --jugdir ${jugdir}`);
      const names = () => [...Deno.readDirSync(`${folder}/killed`)].length;
      await until("six tasks to begin", () => Promise.resolve(names() >= 6 || undefined));
      killed.kill("SIGKILL");
      await killed.result;
      const { stdout } = await jug(`status busy.ts killed --short --jugdir ${jugdir}`);
      const finished = Number(/^(\d+) finished/.exec(stdout)?.[1]);
      // All except the task that was running, and perhaps one that was about to be stored.
      assert.ok(finished >= names() - 2, `${finished} results of ${names()} tasks that were started`);
    });
  });
}

Deno.test("if several workers end at the same time, the final reasons include what each did last", async () => {
  await withProject({
    "ends.ts": `import { TaskGenerator } from "jug";
const part = TaskGenerator(async function part(n: number) {
  await new Promise((resolve) => setTimeout(resolve, 20));
  if (n % 5 === 0) throw new TypeError("a multiple of five");
  return n;
});
const sum = TaskGenerator(function sum(ns: number[]) { return ns.length; });
sum(Array.from({ length: 60 }, (_, n) => part(n)));
`,
  }, async ({ jug }) => {
    const command = "execute ends.ts --concurrency 8 --workers 2";
    const first = await jug(`${command} --keep-going`);
    assert.match(first.stdout, /^ends\.part +48 +0\b/m);
    // All remaining tasks fail, in both workers, and either worker may end last.
    const { code, stdout, stderr } = await jug(`${command} --keep-going`);
    assert.equal(code, 1);
    assert.match(stdout, /^ends\.part +0 +48\b/m);
    const reasons = stderr.split("\n").filter((line) => /^jug: .*(failed|not run)/.test(line)).slice(-3);
    assert.deepEqual(reasons.map((line) => line.replace(/, such as .*?\),|\(\[.*\)/, "")), [
      "jug: 12 tasks failed",
      "jug: 12 tasks ends.part failed",
      "jug: ends.sum was not run: needs ends.part, which failed",
    ]);
  });
});

Deno.test("--durable: results in a folder and in SQLite; refused where no result can be on a disk", async () => {
  const jugfile = `import { TaskGenerator } from "jug";\nTaskGenerator(function one() { return 1; })();\n`;
  await withProject({ "one.ts": jugfile }, async ({ jug }) => {
    for (const address of ["one.jugdata", "sqlite:one.db"]) {
      const { code, stderr } = await jug(`execute one.ts --durable --jugdir ${address}`);
      assert.equal(code, 0, stderr);
      assert.equal((await jug(`check one.ts --jugdir ${address}`)).code, 0);
    }
    for (const [address, remedy] of [["memory:", "Use a folder"], ["redis://127.0.0.1:1", "appendfsync always"]]) {
      const { code, stderr } = await jug(`execute one.ts --durable --jugdir ${address}`);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /cannot be durable/);
      assert.ok(stderr.includes(String(remedy)), stderr);
    }
  });
});
