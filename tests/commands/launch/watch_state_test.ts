import assert from "node:assert/strict";
import type { Job } from "../../../commands/launch/job.ts";
import { watchLoop } from "../../../commands/launch/watch/watch_loop.ts";
import {
  afterSubmission,
  decide,
  type Decision,
  FIRST,
  missing,
  type Observation,
  type WatchState,
  type WorkerPlan,
} from "../../../commands/launch/watch/watch_state.ts";

const PLAN: WorkerPlan = { min: 0, max: 8, tasksPerJob: 1, everyMs: 30_000, maxFailures: undefined };

function job(id: string, state: Job["state"] = "running", seconds = 300): Job {
  return { id, name: "jug-0123456789", state, seconds };
}

function jobs(count: number, state: Job["state"] = "running", seconds = 300): Job[] {
  return Array.from({ length: count }, (_, index) => job(`1_${index}`, state, seconds));
}

/** What is seen while nobody works on 100 ready tasks, with changes. */
function seen(changes: Partial<Observation> = {}): Observation {
  return {
    now: 0,
    ready: 100,
    running: 0,
    finished: 0,
    unfinished: 100,
    isLoading: false,
    failed: 0,
    perSecond: undefined,
    busy: 0,
    jobs: [],
    joined: new Set(),
    knowsIds: true,
    lacking: undefined,
    ...changes,
  };
}

function decision(changes: Partial<Observation>, plan: Partial<WorkerPlan> = {}, state: WatchState = FIRST): Decision {
  return decide(state, seen(changes), { ...PLAN, ...plan }).decision;
}

function submitted(changes: Partial<Observation>, plan: Partial<WorkerPlan> = {}): number {
  const found = decision(changes, plan);
  return found.kind === "submit" ? found.count : 0;
}

Deno.test("missing() gives a worker for each ready task, up to --max", () => {
  assert.equal(submitted({}), 8);
  assert.equal(submitted({ ready: 3 }), 3);
  assert.equal(submitted({ ready: 0, running: 5, jobs: jobs(5), busy: 5 }), 0);
});

Deno.test("missing() gives one worker as many tasks as it runs at once", () => {
  assert.equal(submitted({ ready: 30 }, { tasksPerJob: 16 }), 2);
  assert.equal(submitted({ ready: 33 }, { tasksPerJob: 16 }), 3);
});

Deno.test("missing() counts jobs that wait, and workers that are about to take a task", () => {
  assert.equal(submitted({ ready: 3, jobs: jobs(3, "waiting") }), 0);
  assert.equal(submitted({ ready: 5, jobs: jobs(3, "waiting") }), 2);
  assert.equal(submitted({ ready: 3, running: 2, busy: 2, jobs: jobs(4) }), 1);
  assert.equal(submitted({ ready: 100, jobs: jobs(8, "waiting") }), 0);
});

Deno.test("missing() replaces a worker that is gone, unless the others finish all before the next look", () => {
  assert.equal(submitted({ ready: 100, running: 7, busy: 7, jobs: jobs(7), perSecond: 1 }), 1);
  assert.equal(submitted({ ready: 100, running: 7, busy: 7, jobs: jobs(7), perSecond: 70 }), 0);
  // Nobody works any more, so the rate is history.
  assert.equal(submitted({ ready: 3, perSecond: 70 }), 3);
});

Deno.test("missing() does not count jobs that are ending", () => {
  assert.equal(submitted({ jobs: jobs(8, "ending") }), 8);
});

Deno.test("missing() keeps --min workers while anything is ready", () => {
  assert.equal(submitted({ ready: 1 }, { min: 4 }), 4);
  assert.equal(submitted({ ready: 0, running: 1, busy: 1, jobs: jobs(1) }, { min: 4 }), 0);
  assert.equal(missing(jobs(2), { ready: 1, busy: 0, perSecond: undefined }, { ...PLAN, min: 4 }), 2);
});

Deno.test("decide() waits if the scheduler does not answer, whatever is ready", () => {
  assert.deepEqual(decision({ jobs: undefined }), { kind: "wait" });
});

Deno.test("decide() ends when every task is finished, but not while the jugfile may declare more", () => {
  assert.deepEqual(decision({ ready: 0, unfinished: 0, jobs: jobs(3) }), { kind: "finished" });
  assert.deepEqual(decision({ ready: 0, unfinished: 0, isLoading: true, jobs: jobs(3) }), { kind: "wait" });
});

Deno.test("decide() ends when nothing is ready and nobody is there, and not before", () => {
  const rest = { ready: 0, unfinished: 4 };
  assert.deepEqual(decision({ ...rest }), { kind: "nothing-left", unfinished: 4 });
  assert.deepEqual(decision({ ...rest, jobs: jobs(1) }), { kind: "wait" });
  assert.deepEqual(decision({ ...rest, jobs: jobs(1, "ending") }), { kind: "wait" });
  assert.deepEqual(decision({ ...rest, running: 1, busy: 1 }), { kind: "wait" });
});

Deno.test("decide() ends at a missing permission, and at as many failures as the user allows", () => {
  assert.deepEqual(decision({ lacking: "add it" }), { kind: "lacks-permission", text: "add it" });
  assert.deepEqual(decision({ failed: 1 }, { maxFailures: 1 }), { kind: "tasks-failed", count: 1 });
  assert.equal(decision({ failed: 1 }, { maxFailures: 2 }).kind, "submit");
  assert.equal(decision({ failed: 50 }).kind, "submit");
});

/** Feeds observations one after the other, with 8 jobs submitted after each decision to submit, and returns the last. */
function replay(...observations: Partial<Observation>[]): Decision {
  let state = FIRST;
  let last: Decision = { kind: "wait" };
  for (const [round, changes] of observations.entries()) {
    const decided = decide(state, seen(changes), PLAN);
    last = decided.decision;
    state = decided.state;
    if (last.kind === "submit") {
      const taken = Array.from({ length: last.count }, (_, index) => job(`${round}_${index}`, "waiting", 0));
      state = afterSubmission(state, taken, false);
    }
  }
  return last;
}

Deno.test("three workers in a row that ended within a minute and did nothing end the watch", () => {
  // They were never seen: they were gone before the next look.
  assert.deepEqual(replay({}, {}), { kind: "workers-fail", id: "0_7" });
  assert.deepEqual(replay({ ready: 2 }, { ready: 2 }, { ready: 2 }), { kind: "workers-fail", id: "1_1" });
  assert.equal(replay({ ready: 2 }, { ready: 2 }).kind, "submit");
});

Deno.test("a worker that joined and found nothing to do has not failed", () => {
  const joined = new Set(["0_0", "0_1", "0_2"]);
  assert.equal(replay({ ready: 3 }, { ready: 0, running: 1, busy: 1, joined }).kind, "wait");
});

Deno.test("workers that join and leave while tasks are ready have failed: none of the tasks fits", () => {
  const joined = new Set(["0_0", "0_1", "0_2"]);
  assert.equal(replay({ ready: 3 }, { ready: 3, joined }).kind, "workers-fail");
  assert.equal(replay({ ready: 3 }, { ready: 3, joined, finished: 1 }).kind, "submit");
  // The last task may have been finished before the last look: what was finished within a minute counts.
  const there = { ready: 0, running: 3, busy: 3, jobs: ["0_0", "0_1", "0_2"].map((id) => job(id, "running", 30)) };
  const progress = { ...there, finished: 1, now: 1000 };
  assert.equal(replay({ ready: 3 }, there, progress, { ready: 3, joined, finished: 1, now: 31_000 }).kind, "submit");
  assert.equal(
    replay({ ready: 3 }, there, progress, { ready: 3, joined, finished: 1, now: 99_000 }).kind,
    "workers-fail",
  );
});

Deno.test("a worker that ran for more than a minute interrupts the row", () => {
  const first = [job("9_0", "running", 10), job("9_1", "running", 200), job("9_2", "running", 10)];
  assert.equal(replay({ ready: 0, jobs: first, busy: 3, running: 3 }, {}).kind, "submit");
});

Deno.test("a requeued worker is still there, and an unanswered question says nothing about workers", () => {
  const there = jobs(8, "running", 5);
  const requeued = jobs(8, "waiting", 0);
  assert.equal(
    replay({ jobs: there, busy: 8 }, { jobs: undefined }, { jobs: requeued }, { jobs: requeued }).kind,
    "wait",
  );
});

Deno.test("without ids, as many workers have ended as there are fewer", () => {
  const plain = (count: number) => Array.from({ length: count }, (_, id) => job(String(id), "running", 0));
  const before = { knowsIds: false, jobs: plain(5), busy: 5, ready: 0, running: 5 };
  assert.equal(replay(before, { knowsIds: false, jobs: plain(2), ready: 5 }).kind, "workers-fail");
  assert.equal(replay(before, { knowsIds: false, jobs: plain(5), ready: 0, running: 5, busy: 5 }).kind, "wait");
  const joined = new Set(["node.1"]);
  assert.equal(replay(before, { knowsIds: false, jobs: plain(2), ready: 5, joined, finished: 2 }).kind, "submit");
});

Deno.test("ten refused submissions in a row end the watch; one that is taken begins anew", () => {
  let state = FIRST;
  for (let i = 0; i < 9; i++) state = afterSubmission(state, [], true);
  assert.equal(decision({}, {}, state).kind, "submit");
  assert.equal(decision({}, {}, afterSubmission(state, [], true)).kind, "refused");
  assert.equal(decision({}, {}, afterSubmission(afterSubmission(state, jobs(1), false), [], true)).kind, "submit");
});

Deno.test("watchLoop() asks once in each interval, and ends when it is told to", async () => {
  const stop = new AbortController();
  const pauses: number[] = [];
  let looks = 0;
  const end = await watchLoop(PLAN, {
    signal: stop.signal,
    observe: () => Promise.resolve(seen({ ready: 0, running: 8, busy: 8, jobs: jobs(8), now: ++looks })),
    submit: () => Promise.reject(new Error("nothing is missing")),
    report: () => {},
    refused: () => {},
    pause: (ms) => {
      pauses.push(ms);
      if (pauses.length === 20) stop.abort();
      return Promise.resolve();
    },
  });
  assert.deepEqual(end, { kind: "stopped" });
  assert.equal(looks, 20);
  assert.ok(pauses.every((ms) => ms === PLAN.everyMs));
});

Deno.test("watchLoop() tries a refused submission again at the next look, ten times", async () => {
  const said: string[] = [];
  const end = await watchLoop(PLAN, {
    signal: new AbortController().signal,
    observe: () => Promise.resolve(seen()),
    submit: () => Promise.resolve({ taken: [], refusal: "QOSMaxSubmitJobPerUserLimit" }),
    report: () => {},
    refused: (text, count) => void said.push(`${count} ${text}`),
    pause: () => Promise.resolve(),
  });
  assert.deepEqual(end, { kind: "refused" });
  assert.equal(said.length, 10);
  assert.equal(said.at(-1), "10 QOSMaxSubmitJobPerUserLimit");
});
