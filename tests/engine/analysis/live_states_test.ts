import assert from "node:assert/strict";
import { memoryBackend } from "../../../backends/memory.ts";
import type { Hash } from "../../../core/brand.ts";
import { JugdirWatch } from "../../../engine/analysis/jugdir_watch.ts";
import { LiveStates } from "../../../engine/analysis/live_states.ts";
import { TimeLeftEstimate } from "../../../engine/analysis/time_left.ts";
import { countStates } from "../../../engine/inspect/task_state.ts";
import { seededRandom } from "../../support/campaign/seeded_random.ts";
import { hashOf, task } from "../../support/fake_inspection.ts";
import { newOwner } from "../../backends/backend_contract.ts";

const NAMES = ["m.a", "m.b", "m.c"];

Deno.test("LiveStates counts as `jug status` does, after any changes in any order", () => {
  const random = seededRandom(14);
  const below = (limit: number) => Math.floor(random() * limit);
  const tasks = Array.from({ length: 200 }, (_, n) => {
    const needed = n === 0 ? [] : Array.from({ length: below(4) }, () => below(n));
    return task(n, NAMES[below(3)] ?? "", ...new Set(needed));
  });
  const states = new LiveStates();
  states.adopt(tasks.slice(0, 120));
  const finished = new Set<Hash>();
  const failed = new Set<Hash>();
  let running = new Set<Hash>();
  let known = tasks.slice(0, 120);
  for (let step = 0; step < 3000; step++) {
    const hash = hashOf(below(known.length));
    switch (below(5)) {
      case 0:
      case 1: {
        const isFinished = below(3) > 0;
        assert.equal(states.setFinished(hash, isFinished), finished.has(hash) !== isFinished);
        if (isFinished) {
          if (!finished.has(hash)) {
            failed.delete(hash);
            running.delete(hash);
          }
          finished.add(hash);
        } else finished.delete(hash);
        break;
      }
      case 2: {
        const hasFailed = below(2) === 0;
        states.setFailed(hash, hasFailed);
        if (hasFailed) {
          if (!failed.has(hash)) running.delete(hash);
          failed.add(hash);
          running.delete(hash);
        } else failed.delete(hash);
        break;
      }
      case 3: {
        const next = new Set(Array.from({ length: below(8) }, () => hashOf(below(known.length))));
        const gone = states.setRunning(next);
        assert.deepEqual(new Set(gone), running.difference(next));
        running = next;
        break;
      }
      case 4:
        if (step === 1500 || step % 700 === 0) states.adopt(known = tasks);
        break;
    }
    const expected = countStates(known, { finished, running, failed });
    for (const { name, ...counts } of states.names()) {
      for (const [state, count] of Object.entries(counts)) {
        assert.equal(count, Reflect.get(expected, state).get(name) ?? 0, `${name} ${state} after step ${step}`);
      }
    }
  }
});

Deno.test("a watch notices what others do, also if no notification arrives, and never loads a result", async () => {
  const store = memoryBackend();
  const other = store.another();
  let asked = 0;
  const view = store.another();
  let time = 0;
  const watch = new JugdirWatch({
    backend: {
      ...view,
      has: (hashes) => {
        asked += hashes.length;
        return view.has(hashes);
      },
      load: () => Promise.reject(new Error("a watch loads nothing")),
    },
    clock: () => time,
  });
  const tasks = Array.from({ length: 1000 }, (_, n) => task(n, "m.f"));
  const claimant = { owner: { ...newOwner(), host: "node7", pid: 42, started: 5 }, thread: 3 };
  await other.join(claimant.owner);
  await watch.adopt(tasks);
  assert.equal(asked, 1000);
  assert.deepEqual(watch.view().total, { waiting: 0, ready: 1000, running: 0, finished: 0, failed: 0 });

  const claimed = await other.claim([hashOf(1), hashOf(2), hashOf(3)], claimant);
  const locks = claimed.flatMap((outcome) => outcome.kind === "claimed" ? [outcome.lock] : []);
  await watch.look();
  const held = watch.view();
  assert.deepEqual([held.total.running, held.running.length, held.queued], [3, 1, 2]);
  assert.deepEqual(
    held.running.map(({ hash, host, pid, thread }) => [hash, host, pid, thread]),
    [[hashOf(1), "node7", 42, 3]],
  );
  assert.deepEqual([held.processes, held.since, held.left.kind], [1, 5, "unknown"]);

  // What was locked is asked for by name when the lock is gone, so nothing depends on notifications.
  asked = 0;
  const [first, second, third] = locks;
  assert(first && second && third);
  const info = { name: "m.f", start: 0, finish: 500, worker: "w" };
  await other.complete([{ hash: first.hash, bytes: new Uint8Array(1), lock: first, info }]);
  await other.fail([{ lock: second, bytes: new Uint8Array(1), info }]);
  await watch.look();
  const after = watch.view();
  assert.deepEqual([after.total.finished, after.total.failed, after.total.running], [1, 1, 1]);
  assert.ok(asked <= 2, `${asked} hashes were looked up for two changes`);
  assert.deepEqual(watch.takeResultChanges(), { finished: [first.hash], lost: [] });

  // A result that disappears without a notification is missed for a while, not for ever.
  await other.remove([first.hash]);
  await watch.look();
  assert.equal(watch.view().total.finished, 1);
  time += 60_000;
  await watch.look();
  assert.equal(watch.view().total.finished, 0);
  assert.deepEqual(watch.takeResultChanges(), { finished: [], lost: [first.hash] });

  // Notifications alone suffice for results and failures.
  await other.complete([{ hash: third.hash, bytes: new Uint8Array(1), lock: third, info }]);
  asked = 0;
  watch.hear(await view.waitForChange(AbortSignal.timeout(5000)));
  assert.deepEqual([watch.view().total.finished, asked], [1, 0]);
  await store.close();
});

Deno.test("the time left follows from what the remaining tasks usually take, and is unknown rather than wild", () => {
  const estimate = new TimeLeftEstimate();
  const means = new Map([["short", 10], ["long", 60_000]]);
  const tasks = new Map([["short", 1000], ["long", 10]]);
  // Nothing has finished yet: two running tasks do two milliseconds of work in one.
  assert.deepEqual(estimate.left({ tasks, means, running: 2 }), { kind: "known", ms: 305_000, isLeast: false });
  assert.deepEqual(estimate.left({ tasks, means, running: 0 }), { kind: "unknown" });
  estimate.note(0, new Map(), means);
  estimate.note(10_000, new Map([["short", 500]]), means);
  assert.equal(estimate.perSecond, 50);
  // 5 s of work were done in 10 s, so 605 s of work take 1210 s: not the 20 s that the count of tasks would give.
  const left = new Map([["short", 500], ["long", 10]]);
  assert.deepEqual(estimate.left({ tasks: left, means, running: 2 }), { kind: "known", ms: 1_210_000, isLeast: false });
  assert.deepEqual(estimate.left({ tasks: new Map([...left, ["new", 1]]), means, running: 2 }), {
    kind: "known",
    ms: 1_210_000,
    isLeast: true,
  });
  assert.deepEqual(estimate.left({ tasks: new Map([["new", 5]]), means, running: 2 }), { kind: "unknown" });
  assert.deepEqual(estimate.left({ tasks: new Map([["new", 500]]), means: new Map(), running: 2 }), {
    kind: "known",
    ms: 10_000,
    isLeast: false,
  });
  assert.deepEqual(estimate.left({ tasks: new Map([["new", 0]]), means, running: 2 }), {
    kind: "known",
    ms: 0,
    isLeast: false,
  });
});
