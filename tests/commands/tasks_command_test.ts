import assert from "node:assert/strict";
import { isLong } from "../support/campaign/campaign.ts";
import { Chunks } from "../../commands/display/chunks.ts";
import { isoTime, plainJson, plainText } from "../../commands/display/plain_text.ts";
import { tasks } from "../../commands/inspect/tasks.ts";
import { until } from "../support/file/file_processes.ts";
import { hashesOf, newOwner } from "../backends/backend_contract.ts";
import { jugdirWith, runOnJugdir } from "../support/jugdir_alone.ts";
import { type Project, withProject } from "../support/project.ts";
import { hasRedis, startRedis } from "../support/redis/redis_server.ts";

/** Two chains, one of which fails in its second task, and a barrier behind them. */
const CHAINS = `import { barrier, TaskGenerator } from "jug";
const load = TaskGenerator(function load(name: string) { return name.length; });
const fit = TaskGenerator(function fit(n: number) { if (n > 3) throw new RangeError("too long"); return n; });
const sum = TaskGenerator(function sum(a: number, b: number) { return a + b; });
const [one, two] = ["one", "three"].map((name) => fit(load(name)));
sum(one, two);
await barrier();
load("behind");
`;

interface JsonTask {
  readonly [field: string]: unknown;
}

async function jsonTasks({ jug }: Project, words: string): Promise<readonly JsonTask[]> {
  const { code, stdout, stderr } = await jug(`tasks ${words} --json`);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout).tasks;
}

async function checkBackend(jugdir: string): Promise<void> {
  await withProject({ "chains.ts": CHAINS }, async (project) => {
    const before = Date.now();
    await project.jug(`execute chains.ts --jugdir ${jugdir} --keep-going --quiet`);
    const listed = await jsonTasks(project, `chains.ts --jugdir ${jugdir}`);
    assert.deepEqual(listed.map(({ name, args, state }) => [name, args, state]), [
      ["chains.load", "'one'", "finished"],
      ["chains.fit", "<chains.load>", "finished"],
      ["chains.load", "'three'", "finished"],
      ["chains.fit", "<chains.load>", "failed"],
      ["chains.sum", "<chains.fit>, <chains.fit>", "waiting"],
    ]);
    for (const task of listed.slice(0, 4)) {
      const { hash, started, finished, seconds, worker, pid, thread, size, queued } = task;
      assert.match(String(hash), /^[0-9a-f]{40}$/);
      const [start, end] = [Date.parse(String(started)), Date.parse(String(finished))];
      assert.ok(before <= start && start <= end && end <= Date.now(), `${started} ${finished}`);
      assert.equal(seconds, (end - start) / 1000);
      assert.match(String(worker), new RegExp(`:${pid}\\.${thread}$`));
      assert.deepEqual([typeof pid, thread, queued], ["number", 0, false]);
      assert.ok(typeof size === "number" && size > 0);
    }
    const { hash: _, name: _name, args: _args, ...waiting } = listed[4] ?? {};
    assert.deepEqual(waiting, {
      ...{ state: "waiting", queued: false, started: null, finished: null, seconds: null },
      ...{ worker: null, host: null, pid: null, thread: null, size: null },
    });

    // Without the jugfile: what was run is the same, and nothing else is known.
    project.write("chains.ts", "this is no module (");
    const alone = await jsonTasks(project, `chains.ts --jugdir ${jugdir}`);
    const key = ({ hash }: JsonTask) => String(hash);
    const sorted = (tasks: readonly JsonTask[]) => tasks.toSorted((a, b) => key(a) < key(b) ? -1 : 1);
    const withoutArgs = (tasks: readonly JsonTask[]) => sorted(tasks).map(({ args: _, ...task }) => task);
    assert.deepEqual(withoutArgs(alone), withoutArgs(listed.slice(0, 4)));
  });
}

Deno.test("tasks lists every task with its state, and without the jugfile those that were run: folder", () =>
  checkBackend("chains.jugdata"));

Deno.test({
  name: "tasks lists every task with its state, and without the jugfile those that were run: SQLite",
  ignore: !isLong,
  fn: () => checkBackend("sqlite:chains.db"),
});

Deno.test({
  name: "tasks lists every task with its state, and without the jugfile those that were run: memory in a file",
  ignore: !isLong,
  fn: () => checkBackend("memory:chains.saved"),
});

Deno.test({
  name: "tasks lists every task with its state, and without the jugfile those that were run: Redis",
  ignore: !hasRedis || !isLong,
  fn: async () => {
    await using server = await startRedis();
    await checkBackend(server.address);
  },
});

Deno.test("tasks prints a line a task; --state and --target choose, and the barrier is told", () =>
  withProject({ "chains.ts": CHAINS }, async ({ jug }) => {
    const empty = await jug("tasks chains.ts");
    assert.equal(empty.code, 0, empty.stderr);
    assert.deepEqual(empty.stdout.match(/^\w{8} {2}(ready|waiting) {3,5}- {25,}-/gm)?.length, 5);
    assert.match(empty.stderr, /^more tasks may follow the barrier at .*chains\.ts:7$/m);

    await jug("execute chains.ts --keep-going --quiet");
    const failed = await jug("tasks chains.ts --state failed");
    assert.match(
      failed.stdout,
      /^[0-9a-f]{8} {2}failed {4}\d{4}-\d\d-\d\dT[\d:.]{12}Z {2} *\S+ m?s {2}\S+:\d+\.0 {2}chains\.fit\(<chains\.load>\)\n$/,
    );
    const chosen = await jug("tasks chains.ts --state waiting,finished --target /sum|load/");
    assert.deepEqual(chosen.stdout.match(/\bchains\.\w+\(/g), ["chains.load(", "chains.load(", "chains.sum("]);

    const none = await jug("tasks chains.ts --target laod");
    assert.equal(none.code, 2);
    assert.match(none.stderr, /no task matches laod\n {2}Did you mean load\?.*; more tasks may follow the barrier/);
    const bad = await jug("tasks chains.ts --state done");
    assert.equal(bad.code, 2);
    assert.match(bad.stderr, /'--state' cannot be "done"\n {2}Give one of waiting, ready, running, finished, failed/);
  }));

Deno.test("tasks says who runs a task and since when, by its hash alone if the jugfile is broken", () =>
  withProject({ "holds.ts": HOLDS }, async (project) => {
    const before = Date.now();
    const run = project.startJug("execute holds.ts --quiet");
    await until("the task to run", () => Promise.resolve(project.names(".").includes("begun") || undefined));
    const [running, other] = await jsonTasks(project, "holds.ts");
    assert.deepEqual([running?.["name"], running?.["state"], running?.["finished"]], ["holds.hold", "running", null]);
    assert.equal(running?.["pid"], run.pid);
    assert.ok(Date.parse(String(running?.["started"])) >= before);
    assert.deepEqual([other?.["state"], other?.["started"]], ["waiting", null]);

    project.write("holds.ts", "this is no module (");
    const { code, stdout, stderr } = await project.jug("tasks holds.ts");
    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(`^${String(running?.["hash"]).slice(0, 8)} {2}running .*:${run.pid}\\.0 {2}-\\n$`));
    assert.match(
      stderr,
      /^holds\.ts could not be loaded \(.+\), so only finished, running and failed tasks are known, from the jugdir\n$/,
    );
    project.write("go", "");
    assert.equal((await run.result).code, 0);
  }));

const HOLDS = `import { existsSync, writeFileSync } from "node:fs";
import { TaskGenerator } from "jug";
const hold = TaskGenerator(async function hold() {
  writeFileSync("begun", "");
  while (!existsSync("go")) await new Promise((resolve) => setTimeout(resolve, 10));
  return 1;
});
const after = TaskGenerator(function after(n: number) { return n; });
after(hold());
`;

Deno.test("without the jugfile and with an empty jugdir, tasks reports the jugfile, and so it does if only that could answer", async () => {
  const empty = await runOnJugdir(tasks, await jugdirWith([]));
  assert.deepEqual([empty.code, empty.stdout], [3, ""]);
  assert.match(empty.stderr, /^primes\.ts could not be loaded\n {2}SyntaxError/);
  assert.equal((await runOnJugdir(tasks, await jugdirWith([{}]), { state: "ready,waiting" })).code, 3);
  const known = await runOnJugdir(tasks, await jugdirWith([{}, { hasFailed: true }]), { state: "ready,failed" });
  assert.deepEqual([known.code, known.stdout.match(/failed/g)?.length], [0, 1]);
  assert.equal(
    known.stderr,
    "primes.ts could not be loaded (SyntaxError: no module), " +
      "so only finished, running and failed tasks are known, from the jugdir\n",
  );
  const none = await runOnJugdir(tasks, await jugdirWith([{}]), { target: "isPrim" });
  assert.equal(none.code, 2);
  assert.match(none.stderr, /^no task matches isPrim\n {2}Did you mean isPrime\? There are tasks primes\.isPrime; /);
});

Deno.test("without the jugfile, tasks are in the order of their starts, running ones last", async () => {
  const runs = [{ start: 30, finish: 40, args: "3" }, { start: 10, finish: 2000, args: "1" }, { start: 20, args: "2" }];
  const backend = await jugdirWith(runs);
  const [, , , held] = hashesOf(4);
  assert(held !== undefined);
  const owner = { ...newOwner(), host: "node8", pid: 77 };
  await backend.join(owner);
  await backend.claim([held], { owner, thread: 3 });
  const { stdout } = await runOnJugdir(tasks, backend);
  const lines = stdout.trim().split("\n");
  assert.deepEqual(lines.map((line) => line.split(/ {2,}/).at(-1)), [
    ...["primes.isPrime(1)", "primes.isPrime(2)", "primes.isPrime(3)"],
    "-",
  ]);
  assert.match(lines[0] ?? "", /^\w{8} {2}finished {2}1970-01-01T00:00:00\.010Z {5}1\.99 s {2}node7:4894\.0 {2}primes/);
  assert.match(lines[3] ?? "", /^\w{8} {2}running .* node8:77\.3 {4}-$/);
});

Deno.test("control characters of a store reach no terminal, and times that are none are unknown", async () => {
  const evil = { name: "m.\x1b[2Jx\n\u202e", args: "\x9b31m\r", worker: "a\x07:1.0", start: 1e300, finish: 2e300 };
  const lines = await runOnJugdir(tasks, await jugdirWith([evil, {}]));
  const [first, second, ...rest] = lines.stdout.split("\n");
  assert.deepEqual(rest, [""]);
  assert.match(first ?? "", /1970-01-01T00:00:01\.000Z/);
  assert.match(
    second ?? "",
    /finished {2}- .* a\\u\{7\}:1\.0 {2,}m\.\\u\{1b\}\[2Jx\\u\{a\}\\u\{202e\}\(\\u\{9b\}31m\\u\{d\}\)$/,
  );
  const json = await runOnJugdir(tasks, await jugdirWith([evil]), { json: true });
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(json.stdout, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  const [{ name, args, worker, started }] = JSON.parse(json.stdout).tasks;
  assert.deepEqual([name, args, worker, started], [evil.name, evil.args, evil.worker, null]);
});

Deno.test("many tasks are never written as one text", async () => {
  const backend = await jugdirWith(Array.from({ length: 5000 }, (_, i) => ({ args: String(i) })));
  const written = await runOnJugdir(tasks, backend, { json: true });
  assert.ok(written.stdout.length > 500_000 && written.longest < 100_000, `${written.longest}`);
  assert.equal(JSON.parse(written.stdout).tasks.length, 5000);
});

Deno.test("Chunks writes everything once, in order, and nothing that is empty", () => {
  const written: string[] = [];
  const out = new Chunks((text) => written.push(text));
  out.end();
  for (let i = 0; i < 20_000; i++) out.add(`${i}\n`);
  out.end();
  out.end();
  assert.equal(written.join(""), Array.from({ length: 20_000 }, (_, i) => `${i}\n`).join(""));
  assert.ok(written.length > 1 && written.every((text) => text.length > 0 && text.length < 70_000));
});

Deno.test("plainText(), plainJson() and isoTime() take any text and any number", () => {
  assert.equal(plainText("a\tb", 10), "a\\u{9}b");
  assert.equal(plainText("abcdef", 4), "abc…");
  assert.equal(JSON.parse(plainJson({ a: "\x7f\u2028\n" }, 2)).a, "\x7f\u2028\n");
  assert.deepEqual([isoTime(0), isoTime(-1e300), isoTime(NaN), isoTime(undefined)], [
    "1970-01-01T00:00:00.000Z",
    ...[undefined, undefined, undefined],
  ]);
});
