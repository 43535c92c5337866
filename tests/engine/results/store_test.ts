import assert from "node:assert/strict";
import { TaskGenerator } from "jug";
import { type MemoryBackend, memoryBackend } from "../../../backends/memory.ts";
import { createSession, runInSession } from "../../../core/session/session.ts";
import { Store, type StoreOptions } from "../../../engine/results/store.ts";

const MB = 1024 * 1024;

/** Bytes that cannot be compressed. */
function noise(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

/**
 * Returns a store with a result of each of these sizes, whose backend has no `loadHeads`. `loaded` counts calls and the
 * most bytes loaded in one call.
 */
async function storeOf(sizes: readonly number[], batchSize: number) {
  const backend = memoryBackend();
  const loaded = { most: 0, calls: 0 };
  const { loadHeads: _, ...whole } = backend;
  const counted: MemoryBackend = {
    ...whole,
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
    const { bytes } = store.encode(task, noise(sizes[n] ?? 0), meta);
    await backend.complete([{ hash: task.hash, bytes, lock: undefined }]);
  }
  return { store, hashes: tasks.map((task) => task.hash), loaded };
}

for (const batchSize of [1, 64]) {
  Deno.test(`checking large results needs the memory of only a few of them, in batches of ${batchSize}`, async () => {
    const { store, hashes, loaded } = await storeOf(Array.from({ length: 64 }, () => MB), batchSize);
    assert.equal((await store.meta(hashes)).size, 64);
    const left = [...hashes];
    while (left.length > 0) assert.deepEqual(await store.verify(left.splice(-store.portion)), []);
    assert.ok(loaded.most < 5 * MB, `${loaded.most} bytes in one call`);
  });
}

Deno.test("many small results are checked in one call if that costs less", async () => {
  const { store, hashes, loaded } = await storeOf(Array.from({ length: 640 }, () => 10), 64);
  assert.equal((await store.meta(hashes)).size, 640);
  assert.ok(loaded.calls < 40, `${loaded.calls} calls`);
});

/** Returns a store with one result. `given` contains the byte arrays that the backend returned. */
async function storeOfOne(value: unknown, options: StoreOptions = {}) {
  const { session, task } = oneTask();
  const backend = memoryBackend();
  const given: Uint8Array[] = [];
  const store = new Store({
    ...backend,
    load: async (hashes) => {
      const records = await backend.load(hashes);
      given.push(...records.filter((bytes) => bytes !== undefined));
      return records;
    },
  }, options);
  const meta = { name: task.name, hash: task.hash, start: 1, finish: 2, worker: "w" };
  await backend.complete([{ hash: task.hash, ...store.encode(task, value, meta), lock: undefined }]);
  const load = async () => {
    const loaded = (await store.load([task.hash])).get(task.hash);
    assert(loaded?.kind === "found");
    return loaded.value;
  };
  return { session, load, given };
}

function oneTask() {
  const session = createSession();
  runInSession(session, () => TaskGenerator(function one() {})());
  const [task] = session.tasks.values();
  assert(task !== undefined);
  return { session, task };
}

Deno.test("a result in memory is checked once, and each load decodes a new value", async () => {
  const { load, given } = await storeOfOne({ rows: Array.from({ length: 1000 }, () => ["a", 1]) });
  const first = await load();
  // Damage the bytes that were given: if they were checked again, the store would ask the backend for new ones.
  for (const bytes of given) bytes.set([bytes[bytes.length - 1] === 0 ? 1 : 0], bytes.length - 1);
  const [second, third] = [await load(), await load()];
  assert.equal(given.length, 1);
  assert.deepEqual([second, third], [first, first]);
  assert.notEqual(second, first);
  assert.notEqual(third, second);
});

for (const value of ["text", 5, null, undefined, 7n]) {
  Deno.test(`an immutable result is read from the backend once: ${String(value)}`, async () => {
    const { load, given } = await storeOfOne(value);
    for (let i = 0; i < 4; i++) assert.equal(await load(), value);
    assert.equal(given.length, 1);
  });
}

Deno.test("an immutable result that is read often is decoded twice, an object at each reading", async () => {
  const { parse } = JSON;
  for (const [value, times] of [["text", 2], [{ a: 1 }, 5]]) {
    const { load } = await storeOfOne(value);
    let count = 0;
    JSON.parse = (text) => {
      count += text === JSON.stringify(value) ? 1 : 0;
      return parse(text);
    };
    try {
      for (let i = 0; i < 5; i++) assert.deepEqual(await load(), value);
    } finally {
      JSON.parse = parse;
    }
    assert.equal(count, times);
  }
});

Deno.test("a large result is kept if it fits into the cache, and a larger one if enough memory is free", async () => {
  const large = noise(MB);
  const fits = await storeOfOne(large, { cacheBytes: 1.1 * MB });
  const tooLarge = await storeOfOne(large, { cacheBytes: 0.9 * MB });
  const alone = await storeOfOne(large, { cacheBytes: 0.9 * MB, freeMemory: () => 5 * MB });
  for (const { load } of [fits, tooLarge, alone]) for (let i = 0; i < 3; i++) assert.deepEqual(await load(), large);
  assert.deepEqual([fits, tooLarge, alone].map(({ given }) => given.length), [1, 3, 1]);
});

Deno.test("metadata of a result, including a long log, is read from its first bytes", async () => {
  const { task } = oneTask();
  const backend = memoryBackend();
  const lengths: number[] = [];
  const store = new Store({
    ...backend,
    load: () => Promise.reject(new Error("loaded whole")),
    loadHeads: async (hashes, length) => {
      const heads = await backend.loadHeads?.(hashes, length) ?? [];
      lengths.push(...heads.map((bytes) => bytes?.length ?? 0));
      return heads;
    },
  });
  const meta = { name: task.name, hash: task.hash, start: 1, finish: 2, worker: "w" };
  const log = "printed\n".repeat(1000);
  for (const given of [meta, { ...meta, log }]) {
    await backend.remove([task.hash]);
    await backend.complete([{ hash: task.hash, ...store.encode(task, noise(MB), given), lock: undefined }]);
    const { code, ...known } = (await store.meta([task.hash])).get(task.hash) ?? {};
    assert.deepEqual(known, { ...given, args: [] });
    assert.match(code ?? "", /^[0-9a-f]{16}$/);
  }
  assert.ok(lengths.every((length) => length < 10_000), lengths.join());
});

Deno.test("a result can be read again and again from memory, and after it was dropped and loaded anew", async () => {
  const backend = memoryBackend();
  const store = new Store(backend);
  const session = createSession();
  const values = ["a".repeat(2000), noise(700), noise(100_000), { text: "b".repeat(1500) }, 7];
  runInSession(session, () => {
    const f = TaskGenerator(function f(n: number) {
      return n;
    });
    for (const n of values.keys()) f(n);
  });
  const tasks = [...session.tasks.values()];
  const items = tasks.map((task, n) => {
    const meta = { name: task.name, hash: task.hash, start: 1, finish: 2, worker: "w" };
    return { hash: task.hash, ...store.encode(task, values[n], meta), lock: undefined };
  });
  await store.complete(items);
  const hashes = tasks.map((task) => task.hash);
  assert.ok(hashes.every((hash) => store.isCached(hash)));
  for (let round = 0; round < 3; round++) {
    for (let reading = 0; reading < 4; reading++) {
      const loaded = await store.load(hashes);
      assert.deepEqual(hashes.map((hash) => loaded.get(hash)), values.map((value) => ({ kind: "found", value })));
    }
    // Dropping a result frees only the cache's own memory.
    store.forget(hashes);
    assert.equal(store.cachedBytes, 0);
    for (const { bytes } of items) assert.ok(bytes.byteLength > 0);
    if (round === 0) await store.prefetch(hashes);
  }
});
