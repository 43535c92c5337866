import assert from "node:assert/strict";
import { TaskGenerator } from "jug";
import type { Owner } from "../../../backends/backend.ts";
import { type MemoryBackend, memoryBackend } from "../../../backends/memory.ts";
import type { Hash } from "../../../core/brand.ts";
import { JugError } from "../../../core/errors.ts";
import { createSession, runInSession } from "../../../core/session/session.ts";
import { type FromWorker, takenOverText, type WorkerOptions } from "../../../engine/messages/messages.ts";
import { newTaskBudget } from "../../../engine/limits/shared_counters.ts";
import { SessionResults } from "../../../engine/inspect/session_results.ts";
import { Store } from "../../../engine/results/store.ts";
import { Worker } from "../../../engine/worker/worker.ts";

const OPTIONS: WorkerOptions = {
  target: undefined,
  workers: 2,
  concurrency: 1,
  pool: undefined,
  keepGoing: true,
  keepFailed: false,
  waitLimitMs: 0,
  taskBudget: undefined,
  deadline: undefined,
  stopFiles: [],
};

function newOwner(leaseMs = 60_000): Owner {
  return { id: crypto.randomUUID(), leaseMs, host: undefined, boot: undefined, pid: undefined };
}

/** Returns a worker on `backend`, in a session in which `declare` declares the tasks. */
async function newWorker(
  backend: MemoryBackend,
  declare: () => void,
  options: Partial<WorkerOptions> = {},
  now: () => number = Date.now,
) {
  const session = createSession();
  runInSession(session, declare);
  const messages: FromWorker[] = [];
  const store = new Store(backend, {
    onDamaged: (hash, reason) => void messages.push({ kind: "damaged", hash, reason }),
  });
  session.results = new SessionResults(session, store);
  const owner = newOwner();
  await backend.join(owner);
  const worker = new Worker({
    session,
    store,
    claimant: { owner, thread: 0 },
    options: { ...OPTIONS, ...options },
    report: (message) => void messages.push(message),
    now,
  });
  const hashes = [...session.tasks.keys()];
  const of = <K extends FromWorker["kind"]>(kind: K) =>
    messages.filter((message): message is Extract<FromWorker, { kind: K }> => message.kind === kind);
  return { worker, session, store, hashes, of, run: () => runInSession(session, () => worker.run(undefined)) };
}

/** Declares leaves 1 to `count` and their sum. Each task that runs is added to `log`. */
function sum(count: number, log: string[], act: (n: number) => unknown = () => {}): () => void {
  return () => {
    const leaf = TaskGenerator(async function leaf(n: number) {
      log.push(`leaf ${n}`);
      await act(n);
      return n;
    });
    const add = TaskGenerator(function add(...ns: number[]) {
      log.push("add");
      return ns.reduce((a, b) => a + b, 0);
    });
    add(...Array.from({ length: count }, (_, i) => leaf(i + 1)));
  };
}

async function valueOf(store: Store, hash: Hash | undefined): Promise<unknown> {
  assert.ok(hash !== undefined);
  const loaded = (await store.load([hash])).get(hash);
  return loaded?.kind === "found" ? loaded.value : undefined;
}

Deno.test("a worker runs all tasks, each after its dependencies, and reports them as finished", async () => {
  const log: string[] = [];
  const { run, store, hashes } = await newWorker(memoryBackend(), sum(3, log));
  const end = await run();
  assert.deepEqual([log.toSorted(), log.at(-1)], [["add", "leaf 1", "leaf 2", "leaf 3"], "add"]);
  assert.equal(await valueOf(store, hashes.at(-1)), 6);
  assert.deepEqual(end.finishedByName, { "worker_test.leaf": 3, "worker_test.add": 1 });
  assert.deepEqual([end.unfinished, end.waitLimitReached, end.stopped], [[], false, undefined]);
});

Deno.test("two workers on one store run each task once, and both find all tasks finished", async () => {
  const log: string[] = [];
  const backend = memoryBackend();
  const pause = () => new Promise((resolve) => setTimeout(resolve, 1));
  const declare = sum(40, log, pause);
  const workers = [
    await newWorker(backend.another(), declare, { waitLimitMs: 60_000 }),
    await newWorker(backend.another(), declare, { waitLimitMs: 60_000 }),
  ];
  const ends = await Promise.all(workers.map(({ run }) => run()));
  assert.equal(log.length, 41);
  assert.equal(new Set(log).size, 41);
  for (const end of ends) assert.deepEqual(end.finishedByName, { "worker_test.leaf": 40, "worker_test.add": 1 });
});

Deno.test("tasks that were finished elsewhere are looked up many at a time and not claimed", async () => {
  const [mine, theirs] = [[], []] as [string[], string[]];
  const backend = memoryBackend();
  let claims = 0;
  const counted: MemoryBackend = {
    ...backend,
    claim: (hashes, claimant) => {
      claims += hashes.length;
      return backend.claim(hashes, claimant);
    },
  };
  // While the first task of this worker runs, another process runs all that it can.
  const other = await newWorker(backend.another(), sum(1000, theirs));
  let others: Promise<unknown> | undefined;
  const { run } = await newWorker(counted, sum(1000, mine, () => others ??= other.run()));
  const end = await run();
  await others;
  assert.equal(mine.length + theirs.length, 1001);
  assert.deepEqual(end.finishedByName, { "worker_test.leaf": 1000, "worker_test.add": 1 });
  assert.ok(claims < 100, `${claims} tasks were claimed to run ${mine.length}`);
});

Deno.test("a worker handles messages while it looks up many tasks that were finished elsewhere", async () => {
  const backend = memoryBackend();
  let looked = 0;
  const counted: MemoryBackend = {
    ...backend,
    has: (hashes) => {
      if (others !== undefined) looked += hashes.length;
      if (looked === hashes.length) setTimeout(() => worker.stop({ kind: "failure" }), 0);
      return backend.has(hashes);
    },
  };
  const other = await newWorker(backend.another(), sum(6400, []));
  let others: Promise<unknown> | undefined;
  let time = 0;
  // With this clock, it is time to handle messages at every check.
  const now = () => time += 1000;
  const { worker, run } = await newWorker(counted, sum(6400, [], () => others ??= other.run()), {}, now);
  const end = await run();
  assert.deepEqual(end.stopped, { kind: "failure" });
  assert.ok(looked < 640, `${looked} of 6400 were looked up before the worker heard the stop`);
});

Deno.test("a failed claim does not use up a turn of a rate limit that other tasks can use", async () => {
  const backend = memoryBackend();
  const log: number[] = [];
  const declare = () => {
    const seldom = TaskGenerator((n: number) => void log.push(n), { name: "seldom", rate: 0.001 });
    for (const n of [1, 2]) seldom(n);
  };
  let first: Hash | undefined;
  const taken: MemoryBackend = {
    ...backend,
    claim: async ([hash, ...rest], claimant) => {
      first ??= hash;
      if (hash === first) return [{ kind: "held", owner: "other" }];
      return hash === undefined ? [] : await backend.claim([hash, ...rest], claimant);
    },
  };
  // With this clock, the second turn never comes.
  const { run } = await newWorker(taken, declare, {}, () => 1000);
  const end = await run();
  assert.equal(log.length, 1);
  assert.deepEqual(end.unfinished.map(({ reason }) => reason), [{ kind: "held", owner: "other" }]);
});

Deno.test("a failure is recorded and reported, and its dependents are reported as unfinished because of it", async () => {
  const log: string[] = [];
  const backend = memoryBackend();
  const { run, of, hashes } = await newWorker(
    backend,
    sum(3, log, (n) => {
      if (n === 2) throw new RangeError("two");
    }),
  );
  const end = await run();
  assert.deepEqual(of("failed").map(({ failure }) => [failure.name, failure.args, failure.error.message]), [
    ["worker_test.leaf", "2", "two"],
  ]);
  assert.deepEqual(end.unfinished.map(({ example, reason }) => [example, reason]), [
    ["worker_test.leaf(2)", { kind: "failed" }],
    ["worker_test.add(<worker_test.leaf>, <worker_test.leaf>, <worker_test.leaf>)", {
      kind: "needs-failed",
      name: "worker_test.leaf",
    }],
  ]);
  const failures = (await Array.fromAsync(backend.listFailures())).flat().map(({ hash }) => hash);
  assert.deepEqual(failures, [hashes[1]]);
  assert.deepEqual((await Array.fromAsync(backend.listLocks())).flat(), []);
});

Deno.test("without keepGoing the first failure ends the run, and no lock remains", async () => {
  const log: string[] = [];
  const backend = memoryBackend();
  const fail = () => Promise.reject(new Error("no"));
  const end = await (await newWorker(backend, sum(3, log, fail), { keepGoing: false })).run();
  assert.equal(log.length, 1);
  assert.deepEqual(end.stopped, { kind: "failure" });
  assert.deepEqual((await Array.fromAsync(backend.listLocks())).flat(), []);
});

Deno.test("a task that another process holds is left when the wait limit is reached, and its holder is reported", async () => {
  const log: string[] = [];
  const backend = memoryBackend();
  const { run, hashes } = await newWorker(backend, sum(2, log));
  const other = newOwner();
  await backend.join(other);
  await backend.claim(hashes.slice(0, 1), { owner: other, thread: 0 });
  const end = await run();
  assert.deepEqual(log, ["leaf 2"]);
  assert.equal(end.waitLimitReached, true);
  assert.deepEqual(end.unfinished.map(({ reason }) => reason), [
    { kind: "held", owner: other.id },
    { kind: "needs-held", name: "worker_test.leaf" },
  ]);
});

Deno.test("a dead owner's task is taken over with a note", async () => {
  const log: string[] = [];
  const backend = memoryBackend();
  const { run, hashes, of } = await newWorker(backend, sum(2, log));
  const dead = newOwner(-1);
  await backend.join(dead);
  await backend.claim(hashes.slice(0, 1), { owner: dead, thread: 0 });
  const end = await run();
  assert.deepEqual(end.unfinished, []);
  assert.deepEqual(of("taken-over").map(takenOverText), ["took over worker_test.leaf(1) from a dead process"]);
});

Deno.test("damaged results, of leaves or of dependencies, are reported once and computed again", async () => {
  const log: string[] = [];
  const backend = memoryBackend();
  const { run, hashes, of, store } = await newWorker(backend, sum(2, log));
  const rubbish = new TextEncoder().encode("rubbish");
  for (const hash of [hashes[0], hashes[2]]) {
    assert.ok(hash !== undefined);
    await backend.complete([{ hash, bytes: rubbish, lock: undefined }]);
  }
  const end = await run();
  assert.deepEqual(of("damaged").map(({ hash }) => hash).sort(), [hashes[0], hashes[2]].sort());
  assert.deepEqual(log.toSorted(), ["add", "leaf 1", "leaf 2"]);
  assert.deepEqual([end.unfinished, await valueOf(store, hashes[2])], [[], 3]);
});

Deno.test("a result that is removed while the worker runs is computed again before its dependents run", async () => {
  const log: string[] = [];
  const backend = memoryBackend();
  const parts = await newWorker(
    backend,
    sum(2, log, async (n) => {
      const first = parts.hashes[0];
      if (n !== 2 || first === undefined || log.length > 2) return;
      await backend.remove([first]);
      parts.worker.hear([{ kind: "removed", hash: first }]);
    }),
  );
  const end = await parts.run();
  assert.deepEqual(end.unfinished, []);
  assert.equal(await valueOf(parts.store, parts.hashes[2]), 3);
  assert.equal(log.at(-1), "add");
});

Deno.test("a task budget and a deadline end the run with a reason; the budget is exact", async () => {
  const log: string[] = [];
  const taskBudget = newTaskBudget(2);
  const limited = await newWorker(memoryBackend(), sum(5, log), { taskBudget });
  const end = await limited.run();
  assert.equal(log.length, 2);
  assert.deepEqual(end.stopped, { kind: "limit", text: "the task limit is reached" });
  assert.deepEqual(end.finishedByName, { "worker_test.leaf": 2 });
  const late = await newWorker(memoryBackend(), sum(5, log), { deadline: Date.now() - 1 });
  assert.deepEqual((await late.run()).stopped, { kind: "limit", text: "the time limit is reached" });
  // The deadline lets one task run: otherwise a process with too little time would never make progress.
  assert.equal(log.length, 3);
});

Deno.test("a worker that is told to stop finishes its task, begins no other, and keeps the result", async () => {
  const log: string[] = [];
  const parts = await newWorker(
    memoryBackend(),
    sum(3, log, () => parts.worker.stop({ kind: "signal", signal: "SIGTERM", until: 0 })),
  );
  const end = await parts.run();
  assert.equal(log.length, 1);
  assert.deepEqual(end.finishedByName, { "worker_test.leaf": 1 });
  assert.deepEqual(end.stopped, { kind: "signal", signal: "SIGTERM", until: 0 });
});

Deno.test("a backend that cannot load a dependency ends the run, and does not make the task fail", async () => {
  const backend = memoryBackend();
  const log: string[] = [];
  await (await newWorker(backend.another(), sum(1, log), { target: "leaf" })).run();
  const broken = new JugError("backend", "the disk is gone");
  const { run } = await newWorker({ ...backend, load: () => Promise.reject(broken) }, sum(1, log));
  await assert.rejects(run(), broken);
  assert.deepEqual(log, ["leaf 1"]);
  for await (const failures of backend.listFailures()) assert.deepEqual(failures, []);
  for await (const locks of backend.listLocks()) assert.deepEqual(locks, []);
});
