import assert from "node:assert/strict";
import { TaskGenerator } from "jug";
import { type MemoryBackend, memoryBackend } from "../backends/memory.ts";
import { createSession, runInSession } from "../core/session.ts";
import { Store } from "../engine/store.ts";

const MB = 1024 * 1024;

/** Bytes that no compression makes fewer. */
function noise(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

/** A store with a result of each of these sizes, and the most bytes that one call has loaded. */
async function storeOf(sizes: readonly number[], batchSize: number) {
  const backend = memoryBackend();
  const loaded = { most: 0, calls: 0 };
  const counted: MemoryBackend = {
    ...backend,
    batchSize,
    load: async (hashes) => {
      const records = await backend.load(hashes);
      loaded.calls++;
      loaded.most = Math.max(loaded.most, records.reduce((sum, bytes) => sum + (bytes?.byteLength ?? 0), 0));
      return records;
    },
  };
  const store = new Store(counted);
  const session = createSession();
  runInSession(session, () => {
    const f = TaskGenerator(function f(n: number) {
      return n;
    });
    for (const n of sizes.keys()) f(n);
  });
  const tasks = [...session.tasks.values()];
  for (const [n, task] of tasks.entries()) {
    const meta = { name: task.name, hash: task.hash, start: 1, finish: 2, worker: "w" };
    const bytes = store.encode(task, noise(sizes[n] ?? 0), meta);
    await backend.complete([{ hash: task.hash, bytes, lock: undefined }]);
  }
  return { store, hashes: tasks.map((task) => task.hash), loaded };
}

for (const batchSize of [1, 64]) {
  Deno.test(`looking at large results takes the memory of a few, in batches of ${batchSize}`, async () => {
    const { store, hashes, loaded } = await storeOf(Array.from({ length: 64 }, () => MB), batchSize);
    assert.equal((await store.meta(hashes)).size, 64);
    const left = [...hashes];
    while (left.length > 0) assert.deepEqual(await store.verify(left.splice(-store.portion)), []);
    assert.ok(loaded.most < 5 * MB, `${loaded.most} bytes in one call`);
  });
}

Deno.test("small results are looked at many in a call, where that costs less", async () => {
  const { store, hashes, loaded } = await storeOf(Array.from({ length: 640 }, () => 10), 64);
  assert.equal((await store.meta(hashes)).size, 640);
  assert.ok(loaded.calls < 40, `${loaded.calls} calls`);
});
