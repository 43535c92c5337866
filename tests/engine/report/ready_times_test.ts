import assert from "node:assert/strict";
import type { BarrierTasks } from "../../../core/session/barrier_keeper.ts";
import { createSession, runInSession } from "../../../core/session/session.ts";
import { rowsByWorker } from "../../../engine/analysis/by_worker.ts";
import { workerPresence } from "../../../engine/analysis/presence.ts";
import type { RunColumns } from "../../../engine/analysis/run_columns.ts";
import type { ReachedBarrier } from "../../../engine/inspect/reached_barriers.ts";
import { activityOf } from "../../../engine/report/activity.ts";
import { Axis } from "../../../engine/report/axis.ts";
import { type Declarations, eachReadyTime } from "../../../engine/report/ready_times.ts";
import { type Task, TaskGenerator } from "jug";
import { columnsOf, entry, processEntry } from "../../support/analysis/run_entries.ts";

type Declare = (n: number, ...after: readonly Task<number>[]) => Task<number>;

/** Declares tasks. A task is run, for a test, by {@linkcode run}. */
function declarations(work: (f: Declare) => readonly Task<number>[], barriers: readonly ReachedBarrier[] = []) {
  const session = createSession();
  const tasks = runInSession(session, () => {
    const f = TaskGenerator(function f(n: number, ..._after: readonly number[]) {
      return n;
    });
    return work((n, ...after) => f(n, ...after));
  });
  return { tasks, declared: { tasks: session.tasks, barriers } satisfies Declarations };
}

function run(task: Task<number> | undefined, start: number, finish: number, kind: "result" | "failure" = "result") {
  assert(task !== undefined);
  return { ...entry(0, start, finish, { kind }), hash: task.hash };
}

function readyTimes(declared: Declarations, columns: RunColumns): [number, number][] {
  const times: [number, number][] = [];
  eachReadyTime(declared, columns, 1000, (from, to) => times.push([from, to]));
  return times;
}

/** A barrier that opened before the task at this position was declared. */
function barrierBefore(opened: number | undefined, waitsFor: BarrierTasks): ReachedBarrier {
  return {
    barrier: { waitsFor, place: undefined },
    since: 0,
    held: opened ?? 0,
    opened,
    until: undefined,
    previous: undefined,
  };
}

Deno.test("a task that needs nothing is ready from the beginning to its start, and one that was not run until now", () => {
  const { tasks: [one], declared } = declarations((f) => [f(1), f(2)]);
  assert.deepEqual(readyTimes(declared, columnsOf(run(one, 100, 110))), [[-Infinity, 100], [-Infinity, 1000]]);
});

Deno.test("a task is ready from the end of the last task that it needs, and never while one has no result", () => {
  const { tasks: [a, b, both], declared } = declarations((f) => {
    const [a, b] = [f(1), f(2)];
    return [a, b, f(3, a, b), f(4, f(5, b))];
  });
  const columns = columnsOf(run(a, 0, 50), run(b, 0, 80), run(both, 95, 99));
  assert.deepEqual(readyTimes(declared, columns), [
    [-Infinity, 0], // a
    [-Infinity, 0], // b
    [80, 95], // needs a and b
    [80, 1000], // needs b, and was not run; what needs it is not ready
  ]);
});

Deno.test("a failed task was ready until its last run began; a failed dependency makes nothing ready", () => {
  const { tasks: [a, needs], declared } = declarations((f) => {
    const a = f(1);
    return [a, f(2, a)];
  });
  assert.deepEqual(readyTimes(declared, columnsOf(run(a, 40, 45, "failure"))), [[-Infinity, 40]]);
  assert.deepEqual(readyTimes(declared, columnsOf(run(a, 40, 45), run(needs, 60, 65, "failure"))), [
    [-Infinity, 40],
    [45, 60],
  ]);
});

Deno.test("a task behind a barrier is ready when what the barrier waits for has ended", () => {
  const { tasks: [a, b], declared } = declarations((f) => [f(1), f(2), f(3)]);
  assert(a !== undefined && b !== undefined);
  const columns = columnsOf(run(a, 0, 30), run(b, 0, 70));
  const behind = (waitsFor: BarrierTasks, opened: number | undefined) =>
    readyTimes({ ...declared, barriers: [barrierBefore(opened, waitsFor)] }, columns).slice(2);
  assert.deepEqual(behind({ kind: "tasks", hashes: [a.hash] }, 2), [[30, 1000]]);
  assert.deepEqual(behind({ kind: "above", stretches: [{ frame: undefined, count: 1 }] }, 2), [[30, 1000]]);
  assert.deepEqual(behind({ kind: "above", stretches: [{ frame: undefined, count: 2 }] }, 2), [[70, 1000]]);
  assert.deepEqual(
    behind({ kind: "tasks", hashes: [a.hash] }, undefined),
    [[-Infinity, 1000]],
    "no declared task is behind an unmet one",
  );
});

Deno.test("activity: averages of running and ready tasks, of workers and of their idle share", () => {
  const { tasks: [a, b, c], declared } = declarations((f) => {
    const a = f(1);
    return [a, f(2, a), f(3, a)];
  });
  // One worker for 300 ms: it runs a for the first 100 ms, then b; c is ready from 100 on, and runs in the last 50 ms.
  const columns = columnsOf(run(a, 0, 100), run(b, 100, 200), run(c, 250, 300));
  const byWorker = rowsByWorker(columns);
  const workers = workerPresence({ columns, byWorker, processes: [processEntry("a", 1, { left: 300 })], now: 1000 });
  const axis = new Axis(workers.flatMap(({ spans }) => spans));
  assert.equal(axis.length, 300);
  const runs = { columns, byWorker, workers, holders: [], processes: [], now: 1000 };
  const more = { nameOf: () => "m.f", argsOf: () => undefined };
  const { running, ready, workers: present, idle } = activityOf({ ...runs, ...more }, axis, declared);
  // 300 bins of a millisecond each.
  const at = (values: readonly (number | null)[] | null) => [0, 50, 150, 225, 275].map((bin) => values?.[bin]);
  assert.deepEqual(at(running), [1, 1, 1, 0, 1]);
  assert.deepEqual(at(ready), [0, 0, 1, 1, 0]);
  assert.deepEqual(at(present), [1, 1, 1, 1, 1]);
  assert.deepEqual(at(idle), [0, 0, 0, 1, 0]);
  assert.equal(activityOf({ ...runs, ...more }, axis, undefined).ready, null);
});
