import assert from "node:assert/strict";
import { times } from "../../commands/times/times.ts";
import { hashesOf, newOwner } from "../backends/backend_contract.ts";
import { jugdirWith, runOnJugdir } from "../support/jugdir_alone.ts";
import { withProject } from "../support/project.ts";
import { hasRedis, startRedis } from "../support/redis/redis_server.ts";

/** Eight tasks: a chain that takes two seconds, short ones, and one that fails. */
const CHAIN = `import { TaskGenerator } from "jug";
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const load = TaskGenerator(async function load(n: number) { await pause(n); return n; });
const fit = TaskGenerator(async function fit(n: number, of: number) { await pause(of); return n; });
const sum = TaskGenerator(function sum(...all: readonly number[]) { return all.length; });
const bad = TaskGenerator(function bad() { throw new Error("no"); });
sum(fit(fit(load(1000), 1000), 0), load(1), load(2), load(3));
bad();
`;

/** An event of a trace. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly cat: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Checks a trace against the published format, and returns its runs. */
function checkTrace(text: string): readonly TraceEvent[] {
  const { traceEvents, displayTimeUnit } = JSON.parse(text);
  assert.ok(displayTimeUnit === "ms" || displayTimeUnit === "ns");
  const events: readonly TraceEvent[] = traceEvents;
  const named = new Set<string>();
  const runs: TraceEvent[] = [];
  for (const event of events) {
    assert.ok(Number.isInteger(event.pid) && Number.isInteger(event.tid) && typeof event.name === "string");
    if (event.ph === "M") {
      assert.match(event.name, /^(process_name|thread_name|thread_sort_index)$/);
      const value = event.args[event.name === "thread_sort_index" ? "sort_index" : "name"];
      assert.equal(typeof value, event.name === "thread_sort_index" ? "number" : "string");
      named.add(event.name === "process_name" ? `${event.pid}` : `${event.pid} ${event.tid}`);
      continue;
    }
    assert.equal(event.ph, "X");
    assert.ok(event.ts >= 0 && event.dur >= 0 && Number.isInteger(event.ts) && Number.isInteger(event.dur));
    assert.equal(typeof event.cat, "string");
    assert.ok(named.has(`${event.pid}`) && named.has(`${event.pid} ${event.tid}`), "a lane without a name");
    runs.push(event);
  }
  for (const lane of Map.groupBy(runs, ({ pid, tid }) => `${pid} ${tid}`).values()) {
    const sorted = lane.toSorted((a, b) => a.ts - b.ts || a.dur - b.dur);
    for (const [i, { ts }] of sorted.entries()) {
      const before = sorted[i - 1];
      assert.ok(before === undefined || before.ts + before.dur <= ts, "events of a lane overlap");
    }
  }
  return runs;
}

async function checkBackend(jugdir: string): Promise<void> {
  await withProject({ "chain.ts": CHAIN }, async ({ jug, write, folder }) => {
    await jug(`execute chain.ts --jugdir ${jugdir} --keep-going --quiet --workers 2`);
    const { code, stdout, stderr } = await jug(`times chain.ts --jugdir ${jugdir} --json`);
    assert.deepEqual([code, stderr], [0, ""]);
    const { runs, functions, criticalPath, workers, idle, running, jugfile } = JSON.parse(stdout);
    assert.deepEqual([runs.finished, runs.failed, runs.running, runs.undeclared], [7, 1, 0, 0]);
    assert.deepEqual(jugfile, { path: "chain.ts", loaded: true });
    const of = (name: string) => functions.find((each: { name: string }) => each.name === `chain.${name}`);
    assert.deepEqual([of("load").runs, of("fit").runs, of("sum").runs, of("bad").runs], [4, 2, 1, 0]);
    assert.deepEqual([of("bad").failed, of("bad").meanSeconds, of("bad").longest], [1, null, null]);
    assert.equal(of("load").longest.args, "1000");
    assert.ok(of("load").longestSeconds >= 0.99 && of("load").totalSeconds >= of("load").longestSeconds);
    assert.deepEqual(criticalPath.steps.map(({ name, tasks }: { name: string; tasks: number }) => [name, tasks]), [
      ["chain.load", 1],
      ["chain.fit", 2],
      ["chain.sum", 1],
    ]);
    assert.ok(criticalPath.seconds >= 1.98 && criticalPath.tasks === 4 && criticalPath.stepsLeftOut === 0);
    assert.equal(workers.reduce((sum: number, worker: { runs: number }) => sum + worker.runs, 0), 8);
    assert.equal(workers.length, 2);
    for (const { busySeconds, presentSeconds, idleShare } of workers) {
      assert.ok(busySeconds <= presentSeconds && idleShare >= 0 && idleShare <= 1);
    }
    assert.equal(idle.length, 20);
    assert.ok(idle.every(({ workers }: { workers: number }) => workers >= 1 && workers <= 2));
    assert.deepEqual(running, []);

    write("chain.ts", "this is no module (");
    const alone = await jug(`times chain.ts --jugdir ${jugdir} --json`);
    assert.equal(alone.code, 0, alone.stderr);
    const again = JSON.parse(alone.stdout);
    assert.deepEqual([again.criticalPath, again.jugfile.loaded, again.runs.undeclared], [null, false, null]);
    assert.deepEqual(again.functions.map(withoutArgs), functions.map(withoutArgs));
    assert.match(
      alone.stderr,
      /^chain\.ts could not be loaded \(.+\), so there is no critical path: the times are those of the jugdir\n$/,
    );
    const trace = await jug(`times chain.ts --jugdir ${jugdir} --trace trace.json`);
    assert.equal(trace.code, 0, trace.stderr);
    assert.match(trace.stderr, /^wrote 8 runs to trace\.json: open it at /);
    const events = checkTrace(await Deno.readTextFile(`${folder}/trace.json`));
    assert.equal(events.length, 8);
    assert.deepEqual(events.filter(({ cat }) => cat === "failure").map(({ name }) => name), ["chain.bad"]);
  });
}

function withoutArgs({ longest, ...rest }: { readonly longest: object | null }) {
  return { ...rest, longest: longest && { ...longest, args: undefined } };
}

Deno.test("times measures functions, critical path and workers, and without the jugfile all but the path: folder", () =>
  checkBackend("chain.jugdata"));

Deno.test("times measures functions, critical path and workers, and without the jugfile all but the path: SQLite", () =>
  checkBackend("sqlite:chain.db"));

Deno.test("times measures functions, critical path and workers, and without the jugfile all but the path: memory in a file", () =>
  checkBackend("memory:chain.saved"));

Deno.test({
  name: "times measures functions, critical path and workers, and without the jugfile all but the path: Redis",
  ignore: !hasRedis,
  fn: async () => {
    await using server = await startRedis();
    await checkBackend(server.address);
  },
});

Deno.test("times prints tables, tells of the barrier, and of results that the jugfile does not declare", () =>
  withProject({ "grow.ts": GROW }, async ({ jug }) => {
    const none = await jug("times grow.ts");
    assert.deepEqual([none.code, none.stdout], [0, "No task has been run yet\n"]);
    await jug("execute grow.ts --quiet -- 3");
    const { code, stdout, stderr } = await jug("times grow.ts 2");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^Function +Runs +Total +Mean +Median +95 % +Longest +Longest run\n-+\ngrow\.next +4 /);
    assert.match(stdout, /^Critical path: \S+ m?s in 2 tasks, one after another$/m);
    assert.match(stdout, /^ *\S+ m?s +2 +\w{8} +grow\.next, 2 times$/m);
    assert.match(stdout, /^Workers: 1, idle \d+ % of the time in which they were there$/m);
    assert.equal(stdout.match(/^\d{4}-\d\d-\d\dT\S+Z +1 +\d+ %/gm)?.length, 20);
    assert.match(stderr, /^1 result belongs to a task that grow\.ts does not declare$/m);
    assert.doesNotMatch(stderr, /barrier/);
    // The barrier behind the first tasks is not met with another argument.
    assert.match((await jug("times grow.ts 2 9")).stderr, /^more tasks may follow the barrier at .*grow\.ts:\d+$/m);
  }));

/** A chain, as long as its first argument says; with another argument, a task, a barrier and a task behind it. */
const GROW = `import { args, barrier, TaskGenerator } from "jug";
const next = TaskGenerator(function next(n: number) { return n + 1; });
let last: unknown = 0;
for (let i = 0; i < Number(args[0] ?? 0) || i === 0; i++) last = next(last as number);
if (args.length === 1) next(100);
if (args.length === 2) {
  next(1000);
  await barrier();
  next(2000);
}
`;

Deno.test("permissions tells which flag --trace adds, and that one suffices", () =>
  withProject({ "grow.ts": GROW }, async (project) => {
    const { jug } = project;
    await jug("execute grow.ts --quiet -- 2");
    const asked = await jug("permissions grow.ts times -- 2");
    assert.match(asked.stderr, /^With --trace FILE also --allow-write=FILE; /m);
    const flags = asked.stdout.trim().split(" ");
    const words = "times grow.ts 2 --trace grow.json";
    const refused = await jug(words, { permissions: flags });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /--allow-write/);
    const allowed = await jug(words, { permissions: [...flags, "--allow-write=grow.json"] });
    assert.equal(allowed.code, 0, allowed.stderr);
    assert.equal(checkTrace(await Deno.readTextFile(`${project.folder}/grow.json`)).length, 3);
  }));

Deno.test("times shows the tasks that are running, in the table, as busy, and in the trace", async () => {
  const backend = await jugdirWith([{ start: 1000, finish: 2000 }]);
  const [, held] = hashesOf(2);
  assert(held !== undefined);
  const owner = { ...newOwner(), host: "node8", pid: 77, started: 900 };
  await backend.join(owner);
  await backend.claim([held], { owner, thread: 0 });
  const { stdout } = await runOnJugdir(times, backend, { json: true });
  const { running, workers, runs } = JSON.parse(stdout);
  assert.equal(runs.running, 1);
  assert.deepEqual([running[0].hash, running[0].name, running[0].worker], [held, null, "node8:77.0"]);
  const ran = workers.filter(({ runs }: { runs: number }) => runs > 0);
  assert.deepEqual(ran.map(({ worker, runs }: { worker: string; runs: number }) => [worker, runs]).sort(), [
    ["node7:4894.0", 1],
    ["node8:77.0", 1],
  ]);
  assert.match(
    (await runOnJugdir(times, backend)).stdout,
    new RegExp(`^Running now\n.*\n-+\n${held.slice(0, 8)} +20`, "m"),
  );
  const events = checkTrace((await runOnJugdir(times, backend, { trace: "-" })).stdout);
  assert.deepEqual(events.map(({ cat, name }) => [cat, name]).sort(), [
    ["result", "primes.isPrime"],
    ["running", held.slice(0, 8)],
  ]);
});

Deno.test("the trace of concurrent tasks has a lane for each that overlap", async () => {
  const spans = [[0, 100], [10, 20], [15, 60], [20, 30], [100, 100]] as const;
  const runs = spans.map(([start, finish]) => ({ start, finish }));
  const { stdout } = await runOnJugdir(times, await jugdirWith(runs), { trace: "-" });
  const events = checkTrace(stdout);
  assert.equal(new Set(events.map(({ tid }) => tid)).size, 3);
  assert.equal(events.length, 5);
});

Deno.test("--csv prints the functions, with nothing that a spreadsheet or a terminal would obey", async () => {
  const runs = [
    { start: 0, finish: 1500, args: "97", name: "primes.isPrime" },
    { start: 0, finish: 500 },
    { name: "=cmd\x1b()", start: 0, finish: 1000 },
    { name: "primes.bad", hasFailed: true },
  ];
  const { stdout, code } = await runOnJugdir(times, await jugdirWith(runs), { csv: true });
  const [hash, , evil] = hashesOf(3);
  assert.deepEqual([code, stdout.split("\n")], [0, [
    "function,runs,failed,total_s,mean_s,median_s,p95_s,longest_s,longest_hash,longest_call",
    `primes.isPrime,2,0,2,1,1,1.45,1.5,${hash},primes.isPrime(97)`,
    `'=cmd\\u{1b}(),1,0,1,1,1,1,1,${evil},'=cmd\\u{1b}()`,
    "primes.bad,0,1,0,,,,,,",
    "",
  ]]);
});

Deno.test("times refuses a trace without a name or a place, and reports the jugfile if the jugdir is empty as well", async () => {
  const jugdir = await jugdirWith([{}]);
  const lost = await runOnJugdir(times, jugdir, { trace: "/no such folder/trace.json" });
  assert.equal(lost.code, 2);
  assert.match(lost.stderr, /^option '--trace': \/no such folder\/trace\.json cannot be written: .*\n {2}Name a file/);
  assert.throws(() => times.prepare({ trace: "" }), /option '--trace' is empty/);
  const empty = await runOnJugdir(times, await jugdirWith([]));
  assert.deepEqual([empty.code, empty.stdout], [3, ""]);
});

Deno.test("clocks that went back, and times that are no dates, spoil no table", async () => {
  const runs = [{ start: 5000, finish: 1000 }, { start: -1e308, finish: 1e308 }, { start: 1e300, finish: 1e300 }];
  for (const values of [{}, { json: true }, { csv: true }, { trace: "-" }]) {
    const { code, stdout } = await runOnJugdir(times, await jugdirWith(runs), values);
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /NaN|Infinity|undefined/);
  }
});
