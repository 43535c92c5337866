import assert from "node:assert/strict";
import { TaskGenerator } from "jug";
import { type MemoryBackend, memoryBackend } from "../../../backends/memory.ts";
import { createSession, runInSession } from "../../../core/session/session.ts";
import { Ending } from "../../../engine/worker/ending.ts";
import { Graph } from "../../../engine/graph/graph.ts";
import { HookCalls } from "../../../engine/worker/hook_calls.ts";
import { KnownResults } from "../../../engine/worker/known_results.ts";
import { Store } from "../../../engine/results/store.ts";

/** A store that counts the results that are listed and asked for. */
function countingBackend(): { readonly backend: MemoryBackend; readonly counts: { listed: number; asked: number } } {
  const backend = memoryBackend();
  const counts = { listed: 0, asked: 0 };
  return {
    counts,
    backend: {
      ...backend,
      has: (hashes) => {
        counts.asked += hashes.length;
        return backend.has(hashes);
      },
      async *list() {
        for await (const batch of backend.list()) {
          // In small batches, as from a folder or a server.
          for (let at = 0; at < batch.length; at += 100) {
            const part = batch.slice(at, at + 100);
            counts.listed += part.length;
            yield part;
          }
        }
      },
    },
  };
}

/**
 * Looks up tasks stage by stage. Each stage is stored before the next is declared. Returns how many tasks already had
 * results.
 */
async function lookUpStages(backend: MemoryBackend, stages: number, perStage: number): Promise<number> {
  let found = 0;
  const session = createSession();
  const store = new Store(backend);
  const graph = new Graph({ isWanted: () => true, start: 0 });
  session.onDeclare = (task) => graph.add(task);
  const hooks = new HookCalls(session, new Ending(() => {}));
  const known = new KnownResults({ store, graph, hooks, isFirst: true, failed: [], now: () => 0 });
  await known.open();
  const f = runInSession(session, () =>
    TaskGenerator(function f(stage: number, n: number) {
      return stage + n;
    }));
  for (let stage = 0; stage < stages; stage++) {
    runInSession(session, () => {
      for (let n = 0; n < perStage; n++) f(stage, n);
    });
    const hashes = graph.unchecked();
    const before = graph.counts.finished;
    await known.lookUpNew();
    found += graph.counts.finished - before;
    await backend.complete(hashes.map((hash) => ({ hash, bytes: new Uint8Array(1), lock: undefined })));
    for (const hash of hashes) graph.finish(hash);
  }
  return found;
}

Deno.test("the cost of looking up new tasks depends on their number, not on the size of the jugdir", async () => {
  const { backend, counts } = countingBackend();
  assert.equal(await lookUpStages(backend, 60, 600), 0);
  // Listing all results in each stage would be 1,062,000.
  assert.ok(counts.listed + counts.asked < 5 * 36_000, `${counts.listed} listed, ${counts.asked} asked`);
  // A later worker that declares few of the tasks finds their results without listing all others.
  const before = counts.listed + counts.asked;
  assert.equal(await lookUpStages(backend, 2, 600), 1200);
  const cost = counts.listed + counts.asked - before;
  assert.ok(cost < 15 * 600, `${cost} for 1200`);
});
