/**
 * Locks that are given up although another process owns them by now: the task must not be treated as free.
 *
 * @module
 */
import assert from "node:assert/strict";
import { TaskGenerator } from "jug";
import type { Backend, Claimant, ClaimOutcome } from "../../../backends/backend.ts";
import { memoryBackend } from "../../../backends/memory.ts";
import { createSession, runInSession } from "../../../core/session/session.ts";
import { Admission } from "../../../engine/limits/admission.ts";
import { TimeLeft } from "../../../engine/limits/time_left.ts";
import { BatchSizes } from "../../../engine/worker/batch_sizes.ts";
import { Claiming } from "../../../engine/worker/claiming.ts";
import { Ending } from "../../../engine/worker/ending.ts";
import { settleTasks } from "../../../engine/run/lost_worker.ts";
import { Graph } from "../../../engine/graph/graph.ts";
import { HookCalls } from "../../../engine/worker/hook_calls.ts";
import { resourcePool } from "../../../engine/limits/resource_pool.ts";
import { memoryCounters, newTaskBudget } from "../../../engine/limits/shared_counters.ts";
import { hashesOf, lockOf, newOwner, withoutOptionalParts } from "../../backends/backend_contract.ts";

/** Simulates that another process takes the task over. */
async function takeOver(backend: Backend, [hash]: Parameters<Backend["removeLocks"]>[0]): Promise<ClaimOutcome[]> {
  assert(hash !== undefined);
  await backend.removeLocks([hash]);
  return await backend.claim([hash], { owner: newOwner(), thread: 0 });
}

async function sample(view: (backend: Backend) => Backend) {
  const store = memoryBackend();
  const backend = view(store);
  const claimant: Claimant = { owner: newOwner(), thread: 0 };
  await backend.join(claimant.owner);
  const session = createSession();
  const graph = new Graph({ isWanted: () => true, start: 0 });
  session.onDeclare = (task) => graph.add(task);
  runInSession(session, () => {
    const leaf = TaskGenerator(function leaf(n: number) {
      return n;
    });
    for (const n of [1, 2]) leaf(n);
  });
  graph.settleUnchecked();
  const pool = resourcePool({}, 0);
  const claiming = new Claiming({
    backend,
    claimant,
    graph,
    admission: new Admission(pool, memoryCounters(pool, newTaskBudget(undefined)), () => 0),
    time: new TimeLeft(undefined, Date.now),
    batches: new BatchSizes(64),
    hooks: new HookCalls(session, new Ending(() => {})),
    isSerial: false,
    hasSiblings: false,
    yieldIfDue: () => Promise.resolve(true),
    onTakenOver: () => {},
  });
  return { store, graph, claiming };
}

Deno.test("a task that is given back is held if another owner took it over; the others are ready", async () => {
  for (const [view, expected] of [[(b: Backend) => b, "held"], [withoutOptionalParts, "ready"]] as const) {
    const { store, graph, claiming } = await sample(view);
    const claimed = await claiming.claimReady(2);
    const [first, second] = claimed.map(({ task }) => task.hash);
    assert(first !== undefined && second !== undefined);
    await takeOver(store, [first]);
    await claiming.giveBack(claimed);
    assert.deepEqual([first, second].map((hash) => graph.node(hash)?.state), [expected, "ready"]);
  }
});

Deno.test("of the tasks of a lost worker, only those that it still owned are reported as released", async () => {
  const store = memoryBackend();
  const claimant = { owner: newOwner(), thread: 3 };
  await store.join(claimant.owner);
  const hashes = hashesOf(3);
  const [first] = (await store.claim(hashes, claimant)).map((outcome) => lockOf(outcome).hash);
  assert(first !== undefined);
  const backend: Backend = {
    ...store,
    // The lock is taken over after the locks were listed and before they are released.
    async *listLocks() {
      yield* store.listLocks();
      await takeOver(store, [first]);
    },
  };
  const { released } = await settleTasks(backend, claimant, undefined, { kept: false, now: 0 });
  assert.deepEqual(released, hashes.slice(1));
});
