import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { openBackend } from "../../backends/open.ts";
import type { Backend } from "../../backends/backend.ts";
import { isHash } from "../../core/brand.ts";
import { encodeRecord, readMeta } from "../../core/value/record.ts";
import { newOwner } from "../backends/backend_contract.ts";
import { type Project, withProject } from "../support/project.ts";
import type { RunningJug } from "../support/run_jug.ts";

/** A jugfile of several tasks, with places that a test changes. */
const SWEEP = `import { secret, TaskGenerator } from "jug";
const load = TaskGenerator(function load(path: string) {
  if (path === "bad.csv") throw new Error("no such file: bad.csv");
  return path.length;
});
const fit = TaskGenerator(function fit(data: number, options: { depth: number; rate: number }, seed: number) {
  return data * options.depth * seed;
});
const total = TaskGenerator(function total(ns: number[]) { return ns.length; });
const login = TaskGenerator(function login(user: string, word: string) { return user.length; });
export const sum = total([1, 2, 3].map((seed) => fit(load("a.csv"), { depth: 3, rate: 0.1 }, seed)));
login("ann", secret("first word"));
`;

/** Replaces a text of a jugfile, which must be there. */
function change({ folder, write }: Project, name: string, from: string, to: string): void {
  const text = Deno.readTextFileSync(`${folder}/${name}`);
  assert.ok(text.includes(from), from);
  write(name, text.replaceAll(from, to));
}

/** Runs `jug why`, which must succeed. */
async function why({ jug }: Project, words: string): Promise<string> {
  const { code, stdout, stderr } = await jug(`why ${words}`);
  assert.equal(code, 0, stderr + stdout);
  return stdout;
}

async function execute({ jug }: Project, words: string, code = 0): Promise<void> {
  const run = await jug(`execute ${words}`);
  assert.equal(run.code, code, run.stderr);
}

const HASH = /\b[0-9a-f]{8}\b/;
const DATE = /\d{4}-\d\d-\d\dT[\d:.]+Z/;

/** Returns a text with the parts replaced that differ from run to run. */
function steady(text: string): string {
  return text.replaceAll(new RegExp(HASH, "g"), "HASH").replaceAll(new RegExp(DATE, "g"), "DATE")
    .replaceAll(/(?<=[ (])[\w.-]+:\d+\.\d+/g, "WORKER").replaceAll(/process \d+/g, "process N")
    .replaceAll(/(process N) on \S+/g, "$1 on HOST").replaceAll(/\([\w.-]+, process N\)/g, "(HOST, process N)")
    .replaceAll(/\d+ seconds?/g, "N seconds").replaceAll(/\d\.\d{3} s/g, "N s");
}

Deno.test("why: nothing of the name was ever stored, and nobody works; the cause is at the bottom", () =>
  withProject({ "sweep.ts": SWEEP }, async (project) => {
    assert.equal(
      steady(await why(project, "sweep.ts total")),
      `sweep.total[0]([ <sweep.fit>, <sweep.fit>, <sweep.fit> ]) (HASH) waits for the 3 results that it needs
  4 tasks have to be finished before it, and first of all:
  sweep.load[0]('a.csv') (HASH) is ready, but nobody works on this jugdir
    It has no result: none of sweep.load was ever stored in this jugdir
  It has no result: none of sweep.total was ever stored in this jugdir
  \`jug execute sweep.ts\` runs it
`,
    );
  }));

Deno.test("why: an argument differs from the closest stored result, and is named by its path", () =>
  withProject({ "sweep.ts": SWEEP }, async (project) => {
    await execute(project, "sweep.ts");
    assert.match(
      steady(await why(project, "sweep.ts sweep.fit[1]")),
      /^sweep\.fit\[1\]\(.*, 2\) \(HASH\) is finished: it was computed DATE, in N s, by WORKER\n$/,
    );
    change(project, "sweep.ts", "depth: 3,", "depth: 4,");
    assert.equal(
      steady(await why(project, "sweep.ts fit 1")),
      `sweep.fit[1](<sweep.load>, { depth: 4, rate: 0.1 }, 2) (HASH) is ready, but nobody works on this jugdir
  It has no result. The closest of 3 stored results, HASH (DATE, WORKER), differs:
    argument 2.depth: was 3, is 4
  \`jug execute sweep.ts\` runs it
`,
    );
    const waiting = steady(await why(project, "sweep.ts total"));
    assert.match(waiting, /\n {2}3 × sweep\.fit, such as sweep\.fit\[0\].* which is ready, but nobody works/);
    assert.match(
      waiting,
      /\n {4}argument 1\[0\] and 2 more: another task of sweep\.fit \(was HASH, is HASH\), in which\n {6}argument 2\.depth: was 3, is 4\n/,
    );
    const all = await why(project, "sweep.ts fit");
    assert.match(all, /^sweep\.fit\[0\].*\n/);
    assert.match(all, /\n {2}2 other tasks of sweep\.fit are in this state for the same reason\n/);
  }));

Deno.test("why: a task among the arguments differs because of its own argument, two levels down", () =>
  withProject({ "sweep.ts": SWEEP }, async (project) => {
    await execute(project, "sweep.ts");
    change(project, "sweep.ts", '"a.csv"', '"b.csv"');
    const text = steady(await why(project, "sweep.ts total"));
    assert.match(text, /\n {2}sweep\.load\[0\]\('b\.csv'\) \(HASH\) is ready/);
    assert.match(text, /\n {6}argument 1: was 'a\.csv', is 'b\.csv'\n {2}It has no result\. The closest/);
    assert.match(
      text,
      /\n {4}argument 1\[0\] and 2 more: .*\n {6}argument 1: another task of sweep\.load .*, in which\n {8}argument 1: was 'a\.csv', is 'b\.csv'\n/,
    );
  }));

Deno.test("why: one of a thousand tasks in a list differs, and it was run already", () =>
  withProject({ "sweep.ts": SWEEP }, async (project) => {
    change(project, "sweep.ts", "[1, 2, 3].map((seed)", "Array.from({ length: 1000 }, (_, seed)");
    await execute(project, "sweep.ts");
    change(project, "sweep.ts", "rate: 0.1 }, seed", "rate: seed === 700 ? 0.2 : 0.1 }, seed");
    await execute(project, "sweep.ts --target fit");
    const text = steady(await why(project, "sweep.ts total"));
    assert.match(text, /\n {4}argument 1: was \[1000 × sweep\.fit\], is \[1000 × sweep\.fit\] with another content\n/);
    assert.match(
      text,
      /\n {4}one of argument 1: another task of sweep\.fit .*, in which\n {6}argument 2\.rate: was 0\.1, is 0\.2\n/,
    );
  }));

Deno.test("why: the version differs, the code differs, and only a secret differs", () =>
  withProject({ "sweep.ts": SWEEP }, async (project) => {
    await execute(project, "sweep.ts");
    change(project, "sweep.ts", "return path.length;\n}", "return path.length + 1;\n}");
    const finished = await why(project, "sweep.ts load");
    assert.match(finished, /is finished: .*\n {2}the code of sweep\.load has changed since; the result is that of the/);
    assert.match(
      finished,
      /\n {2}`jug invalidate sweep\.ts --target sweep\.load` removes it, so that it is computed again/,
    );

    change(project, "sweep.ts", "return path.length + 1;\n}", "return path.length + 1;\n}, { version: 2 }");
    const version = await why(project, "sweep.ts load");
    assert.match(
      version,
      /\n {4}version: was none, is 2\n {2}The code of sweep\.load has changed as well\. That alone/,
    );

    change(project, "sweep.ts", "first word", "other word");
    const secret = await why(project, "sweep.ts login");
    assert.match(secret, /^sweep\.login\[0\]\('ann', secret\) .* is ready/);
    assert.match(secret, /differs:\n {4}a secret argument differs \(no other argument does\)\n/);
    assert.ok(!/first word|other word/.test(secret + await why(project, "sweep.ts login --json")));
  }));

Deno.test("why: the result was removed; others were stored; an older jug stored them", () =>
  withProject({ "sweep.ts": SWEEP }, async (project) => {
    await execute(project, "sweep.ts");
    const { folder, jug } = project;
    change(project, "sweep.ts", "[1, 2, 3].map", "[1, 2, 3, 4].map");
    assert.match(
      await why(project, "sweep.ts fit 3"),
      /\n {2}It has no result yet: of sweep\.fit, all 3 stored ones belong to other tasks of the jugfile\n/,
    );
    await execute(project, "sweep.ts");
    // What needs it is still there.
    await using jugdir = await opened(`${folder}/sweep.jugdata`);
    const { backend } = jugdir;
    const hash = JSON.parse(await why(project, "sweep.ts load --json")).task.hash;
    assert.ok(isHash(hash));
    assert.equal((await backend.remove([hash])).size, 1);
    assert.match(
      await why(project, "sweep.ts load"),
      /\n {2}It has no result any more: it was removed\. sweep\.fit\[0\].*, which needs it, is finished\n/,
    );
    assert.equal((await jug("invalidate sweep.ts --target login --yes")).code, 0);
    assert.match(
      await why(project, "sweep.ts login"),
      /\n {2}It has no result: (results|1 result) of sweep\.login (was|were) stored and removed \(by jug invalidate, /,
    );

    const meta = { name: "sweep.login", start: 1, finish: 2, worker: "old:1.0" };
    const bytes = encodeRecord({ type: "result", value: 3, meta, label: "old" });
    const other = "ab".repeat(20);
    assert.ok(isHash(other));
    await backend.complete([{ hash: other, bytes, lock: undefined, info: meta }]);
    assert.equal(readMeta(bytes)?.args, undefined);
    assert.match(
      await why(project, "sweep.ts login"),
      /\n {2}It has no result\. 1 stored result of sweep\.login belongs to no task of the jugfile, but .* an older jug/,
    );
  }));

/** Opens a jugdir, and closes it at the end of the block. */
async function opened(address: string): Promise<{ readonly backend: Backend } & AsyncDisposable> {
  const backend = await openBackend(address);
  return { backend, [Symbol.asyncDispose]: () => backend.close() };
}

Deno.test("why: a task failed, a kept failure, and a task that needs one that failed", () =>
  withProject({ "sweep.ts": SWEEP }, async (project) => {
    change(project, "sweep.ts", '"a.csv"', '"bad.csv"');
    await execute(project, "sweep.ts --keep-going", 1);
    const failed = steady(await why(project, "sweep.ts load"));
    assert.match(
      failed,
      /^sweep\.load\[0\]\('bad\.csv'\) \(HASH\) failed DATE \(HOST, process N\): Error: no such file: bad\.csv\n {4}at load /,
    );
    assert.match(failed, /\n {2}`jug log sweep\.ts HASH` prints .*\n {2}`jug execute sweep\.ts` tries it again\n$/);
    const needs = steady(await why(project, "sweep.ts fit 2"));
    assert.match(
      needs,
      /^sweep\.fit\[2\].* waits for the result that it needs\n {2}sweep\.load\[0\].* failed DATE .*: Error: no/,
    );
    assert.match(needs, /\n {2}`jug execute sweep\.ts` tries it again\n$/);
  }));

Deno.test("why: the task at the bottom failed and is kept", () =>
  withProject({ "sweep.ts": SWEEP }, async (project) => {
    change(project, "sweep.ts", '"a.csv"', '"bad.csv"');
    await execute(project, "sweep.ts --keep-going --keep-failed", 1);
    const text = steady(await why(project, "sweep.ts total"));
    assert.match(
      text,
      /\n {2}4 tasks have to be finished before it, and first of all:\n {2}sweep\.load\[0\].* failed DATE .*, and --keep-failed keeps the failure: Error: no such file: bad\.csv\n {6}at load /,
    );
    assert.match(text, /\n {2}`jug retry sweep\.ts --target sweep\.load` frees it for the next execute\n/);
  }));

/** The task `busy` runs until the file `go` is there. */
const WORK = `import { TaskGenerator } from "jug";
const busy = TaskGenerator(async function busy(n: number) {
  Deno.writeTextFileSync("begun" + n, "");
  for (;;) {
    try { return Deno.readTextFileSync("go").length; } catch { await new Promise((done) => setTimeout(done, 20)); }
  }
});
const other = TaskGenerator(function other(n: number) { return n; });
const painted = TaskGenerator(function painted(n: number) { return n; }, { resources: { gpu: 2 } });
const polite = TaskGenerator(function polite(n: number) { return n; }, { rate: 0.001 });
const after = TaskGenerator(function after(n: number) { return n; });
after(busy(1));
other(1);
other(2);
painted(1);
polite(1);
polite(2);
`;

async function until(condition: () => boolean, run: RunningJug): Promise<void> {
  let isOver = false;
  void run.result.then(() => isOver = true);
  while (!condition()) {
    assert.ok(!isOver, run.written());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Calls `look` while `jug execute` runs the task `busy`, then kills that process. */
function whileBusy(
  options: string,
  look: (project: Project, run: RunningJug) => Promise<void>,
  source = WORK,
): Promise<void> {
  return withProject({ "work.ts": source }, async (project) => {
    const run = project.startJug(`execute work.ts ${options}`);
    try {
      await until(() => [1, 2, 3].some((n) => existsSync(`${project.folder}/begun${n}`)), run);
      await look(project, run);
    } finally {
      run.kill("SIGKILL");
      await run.result;
    }
  });
}

Deno.test("why: a task runs, another one waits for it, and --target leaves a third one out", () =>
  whileBusy("--target busy", async (project, { pid }) => {
    const running = await why(project, "work.ts busy");
    const where = new RegExp(`^work\\.busy\\[0\\]\\(1\\) .* is running by process ${pid}\\b.* since ${DATE.source}`);
    assert.match(running, where);
    assert.match(running, /\n {2}wait for it: nothing has to be done\n$/);
    assert.match(
      steady(await why(project, "work.ts after")),
      /^work\.after\[0\]\(<work\.busy>\) \(HASH\) waits for the result that it needs\n {2}work\.busy\[0\]\(1\) \(HASH\) is running by process N/,
    );
    const left = await why(project, "work.ts other 1");
    assert.match(left, /^work\.other\[1\]\(2\) .* is ready, but those who work leave it out: their --target is busy\n/);
    assert.match(left, /\n {2}`jug execute work\.ts` runs it: without --target, nothing is left out\n/);
  }));

Deno.test("why: no process has as much of a resource as the task needs", () =>
  whileBusy("--target /busy|painted/ --provides gpu=1,disk=3", async (project) => {
    const lacks = await why(project, "work.ts painted");
    assert.match(
      lacks,
      /^work\.painted\[0\]\(1\) .* is ready, but it needs 2 of the resource gpu, and no process that works has more than 1\n/,
    );
    assert.match(lacks, /\n {2}`jug execute work\.ts --provides gpu=2` has enough for it\n/);
  }));

/** Waits until a worker has finished both tasks `other`. */
async function untilOthersAreDone({ jug }: Project): Promise<void> {
  for (;;) {
    const { tasks } = JSON.parse((await jug("status work.ts --json")).stdout);
    if (tasks.some((row: { name: string; finished: number }) => row.name === "work.other" && row.finished === 2)) {
      return;
    }
  }
}

Deno.test("why: the function of a task has a limit", () =>
  whileBusy("--target /busy|other|polite/ --workers 2", async (project) => {
    await untilOthersAreDone(project);
    const texts = [await why(project, "work.ts polite 0"), await why(project, "work.ts polite 1")];
    assert.match(
      texts.find((text) => text.includes("is ready")) ?? texts.join(),
      /is ready, but its function has limits \(rate: 0\.001\), and 0 tasks of it are running\n.*\n {2}wait for it, or raise/s,
    );
  }));

Deno.test("why: it is not a task's turn while the only worker runs another one", () =>
  whileBusy("--target busy", async (project) => {
    const texts = await Promise.all([0, 1, 2].map((index) => why(project, `work.ts busy ${index}`)));
    const of = (state: RegExp) => texts.filter((text) => state.test(text)).length;
    assert.equal(of(/ is running by process /), 1, texts.join());
    const [ready, held] = [
      of(/ is ready, but it is not its turn: 1 process works, and \d tasks? (is|are) ready\n/),
      of(/ is held by /),
    ];
    // It may have claimed one more together with the first.
    assert.ok(ready >= 1 && ready + held === 2, texts.join());
  }, WORK.replace("after(busy(1));", "busy(1);\nbusy(2);\nbusy(3);")));

Deno.test("why: the process that ran a task was killed", () =>
  withProject({ "work.ts": WORK }, async (project) => {
    const run = project.startJug("execute work.ts --target busy");
    await until(() => existsSync(`${project.folder}/begun1`), run);
    run.kill("SIGKILL");
    await run.result;
    const text = await why(project, "work.ts busy");
    assert.match(
      text,
      new RegExp(`^work\\.busy\\[0\\]\\(1\\) .* was being run by process ${run.pid}\\b.*, which is dead\n`),
    );
    assert.match(text, /\n {2}`jug execute work\.ts` takes it over\n$/);
    assert.match(
      await why(project, "work.ts after"),
      /\n {2}work\.busy\[0\]\(1\) .* was being run by process \d+\b.*, which is dead\n/,
    );
  }));

Deno.test("why: a worker has claimed a task together with another one, which it runs first", () =>
  withProject({ "work.ts": WORK }, async (project) => {
    const hashes = await Promise.all([0, 1].map(async (i) => {
      const { hash } = JSON.parse(await why(project, `work.ts other ${i} --json`)).task;
      assert.ok(typeof hash === "string" && isHash(hash));
      return hash;
    }));
    await using jugdir = await opened(`${project.folder}/work.jugdata`);
    const owner = newOwner();
    const membership = await jugdir.backend.join(owner);
    await jugdir.backend.claim(hashes, { owner, thread: 0 });
    const text = steady(await why(project, "work.ts other 1"));
    assert.match(
      text,
      /^work\.other\[1\]\(2\) \(HASH\) is held by .*, which runs another task first\n {2}that is work\.other\[0\]\(1\)/,
    );
    await membership.leave();
  }));

const BARRIER = `import { barrier, CompoundTask, TaskGenerator } from "jug";
const first = TaskGenerator(function first(n: number): number {
  if (n === 2) throw new Error("two");
  return n;
});
const later = TaskGenerator(function later(n: number) { return n; });
const inner = TaskGenerator(function inner(n: number) { return n; });
async function both() {
  const parts = [inner(1), inner(2)];
  await barrier();
  return [...parts, inner(3)];
}
export const all = CompoundTask(both);
first(1);
first(2);
await barrier();
later(1);
`;

Deno.test("why: an unmet barrier hides a task, and the function of a compound task waits at one", () =>
  withProject({ "line.ts": BARRIER }, async (project) => {
    await execute(project, "line.ts --keep-going --target first", 1);
    const hidden = steady(await why(project, "line.ts later"));
    assert.match(hidden, /^later is not declared yet: the jugfile waits at the barrier at \S*line\.ts:16\n/);
    assert.match(
      hidden,
      /\n {2}the barrier waits for 2 tasks without a result:\n {2}line\.first\[1\]\(2\) .* failed .*: Error: two\n/,
    );
    assert.match(
      hidden,
      /\n {2}2 × line\.inner, such as line\.inner\[0\]\(1\) \(HASH\), which is ready, but nobody works/,
    );
    assert.match(hidden, /\n {2}`jug execute line\.ts` tries it again\n/);
    const compound = steady(await why(project, "line.ts both"));
    assert.match(
      compound,
      /^line\.both\[0\]\(\) \(HASH\) is a compound task whose function has not declared all its tasks/,
    );
    assert.match(compound, /\n {2}its function waits at the barrier at \S*line\.ts:10\n/);
    assert.match(compound, /\n {2}2 × line\.inner, such as/);
  }));

Deno.test("why: a task that the jugfile does not declare any more, and one that it never did", () =>
  withProject({ "sweep.ts": SWEEP }, async (project) => {
    await execute(project, "sweep.ts");
    const { hash } = JSON.parse(await why(project, "sweep.ts fit 1 --json")).task;
    change(project, "sweep.ts", "depth: 3,", "depth: 4,");
    const former = steady(await why(project, `sweep.ts ${hash.slice(0, 10)}`));
    assert.match(
      former,
      /^sweep\.fit: the jugfile declares no such task, but 1 result HASH of it is stored \(the last one DATE, WORKER\)\n/,
    );
    assert.match(
      former,
      /\n {2}sweep\.fit\[1\]\(.*, 2\) \(HASH\) is declared, and differs from it:\n {4}argument 2\.depth: was 3, is 4\n/,
    );
    assert.match(former, /\n {2}`jug cleanup sweep\.ts` removes results that the jugfile does not ask for any more\n$/);
    change(project, "sweep.ts", 'login("ann", secret("first word"));\n', "");
    assert.match(
      await why(project, "sweep.ts login"),
      /^sweep\.login: the jugfile declares no such task, but 1 result/,
    );
    const { code, stderr } = await project.jug("why sweep.ts lgoin");
    assert.deepEqual([code, /there is no task lgoin/.test(stderr)], [2, true], stderr);
  }));

Deno.test("why: what a store says is shown without control characters, and --json is plain data", () =>
  withProject({ "sweep.ts": SWEEP }, async (project) => {
    await execute(project, "sweep.ts");
    const before = JSON.parse(await why(project, "sweep.ts load --json"));
    assert.deepEqual([before.answer.kind, before.answer.code, before.count, before.remedies], [
      "finished",
      "same",
      1,
      [],
    ]);
    change(project, "sweep.ts", '"a.csv"', '"c.csv"');
    await using jugdir = await opened(`${project.folder}/sweep.jugdata`);
    const meta = { name: "sweep.load", start: 1, finish: Date.now() + 1e6, worker: "w\u001b[2J" };
    const args = ["c.csv", { "\u001b[31m": "\u202eevil\u0007" }];
    const bytes = encodeRecord({ type: "result", value: 3, meta: { ...meta, args }, label: "odd" });
    const odd = "cd".repeat(20);
    assert.ok(isHash(odd));
    await jugdir.backend.complete([{ hash: odd, bytes, lock: undefined, info: meta }]);
    const text = await why(project, "sweep.ts load");
    assert.match(text, /argument 2: was \{ "\\u001b\[31m": "\\u202eevil\\u0007" \}, is absent\n/);
    assert.ok(!/[\p{Cc}\p{Cf}]/u.test(text.replaceAll("\n", "")), JSON.stringify(text));
    const { answer, remedies } = JSON.parse(await why(project, "sweep.ts load --json"));
    assert.deepEqual(answer.again.from.hash, odd);
    assert.deepEqual(remedies, [{ command: "jug execute sweep.ts", text: "runs it" }]);
  }));
