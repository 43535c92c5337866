import assert from "node:assert/strict";
import type { Backend } from "../../backends/backend.ts";
import { type MemoryBackend, memoryBackend } from "../../backends/memory.ts";
import { durationClass } from "../../backends/duration_classes.ts";
import { openBackend } from "../../backends/open.ts";
import { listDurations, listProcesses } from "../../backends/optional_parts.ts";
import { backendOnPort, serveBackend } from "../../backends/backend_port.ts";
import { isJugError, JugError } from "../../core/errors.ts";
import {
  backendContract,
  type BackendFixture,
  collect,
  hashesOf,
  hashOf,
  newOwner,
  withoutOptionalParts,
} from "./backend_contract.ts";

function memoryFixture(view: (store: MemoryBackend) => Backend): Promise<BackendFixture> {
  let now = 0;
  const store = memoryBackend({ clock: () => now });
  return Promise.resolve({
    open: () => Promise.resolve(view(store)),
    passTime(ms) {
      now += ms;
      return Promise.resolve();
    },
    async claimAndDie(owner, hashes) {
      // In memory, no owner can die alone. Instead, a negative lease expires at once.
      await store.join({ ...owner, leaseMs: -1 });
      await store.claim(hashes, { owner, thread: 0 });
    },
    dispose: () => store.close(),
  });
}

function overPort(backend: Backend): Backend {
  const { port1, port2 } = new MessageChannel();
  serveBackend(backend, port1);
  return backendOnPort(port2, backend.address);
}

backendContract("memory backend", () => memoryFixture((store) => store.another()));
backendContract("memory backend over a port", () => memoryFixture(overPort));
backendContract("memory backend without the optional parts", () => {
  return memoryFixture((store) => withoutOptionalParts(store.another()));
});

Deno.test("openBackend() creates a new store for each memory: address", async () => {
  const [one, other] = [await openBackend("memory:"), await openBackend("memory:")];
  await one.complete([{ hash: hashOf(1), bytes: new Uint8Array(1), lock: undefined }]);
  assert.equal((await one.has([hashOf(1)])).size, 1);
  assert.equal((await other.has([hashOf(1)])).size, 0);
  await one.close();
  await other.close();
});

Deno.test("openBackend() refuses unknown schemes, and does not show the rest of the address", async () => {
  for (const address of ["s3://:secret@host", "rabbit:secret"]) {
    await assert.rejects(openBackend(address), (error) => {
      assert(isJugError(error) && error.kind === "usage" && error.remedy !== undefined);
      assert(error.message.includes(address.slice(0, address.indexOf(":"))));
      assert(!error.message.includes("secret"));
      return true;
    });
  }
});

Deno.test("a port transfers the kind and remedy of an error", async () => {
  // Without `another`, the backend is served directly, like any backend except memory.
  const { another: _, ...store } = memoryBackend();
  const broken: Backend = {
    ...store,
    has: () => Promise.reject(new JugError("backend", "the disk is gone", { remedy: "Find it" })),
    load: () => Promise.reject(new RangeError("too many")),
  };
  const remote = overPort(broken);
  await assert.rejects(remote.has([hashOf(1)]), (error) => {
    assert(isJugError(error));
    assert.deepEqual([error.kind, error.message, error.remedy], ["backend", "the disk is gone\n  Find it", "Find it"]);
    return true;
  });
  await assert.rejects(remote.load([hashOf(1)]), /too many/);
  await remote.close();
});

Deno.test("over a port, a backend without the optional listings lists nothing, or sums up its runs", async () => {
  const { another: _, listDurations: _sums, listProcesses: _processes, ...rest } = memoryBackend();
  const info = { name: "m.f", start: 1000, finish: 1500, worker: "w" };
  await rest.join(newOwner());
  await rest.complete([{ hash: hashOf(1), bytes: new Uint8Array(1), lock: undefined, info }]);
  const remote = overPort(rest);
  assert.deepEqual(await collect(listProcesses(remote)), []);
  const classes = new Map([[durationClass(500), 1]]);
  assert.deepEqual(await listDurations(remote), [{ name: "m.f", count: 1, total: 500, longest: 500, classes }]);
  const { listRuns: _runs, ...less } = rest;
  assert.deepEqual(await listDurations(less), []);
  const other = overPort(less);
  assert.deepEqual(await collect(other.listRuns?.() ?? []), []);
  assert.deepEqual(await listDurations(other), []);
  for (const port of [remote, other]) await port.close();
});

Deno.test("two ports each receive every change", async () => {
  const store = memoryBackend();
  const [one, other] = [overPort(store), overPort(store)];
  const never = new AbortController().signal;
  const heard = [one.waitForChange(never), other.waitForChange(never)];
  await store.complete([{ hash: hashOf(4), bytes: new Uint8Array(1), lock: undefined }]);
  assert.deepEqual(await Promise.all(heard), [
    [{ kind: "finished", hash: hashOf(4) }],
    [{ kind: "finished", hash: hashOf(4) }],
  ]);
  await one.close();
  await other.close();
});

Deno.test("a listing over a port can be stopped in the middle", async () => {
  const store = memoryBackend();
  await store.complete(hashesOf(3000).map((hash) => ({ hash, bytes: new Uint8Array(1), lock: undefined })));
  const remote = overPort(store);
  for await (const batch of remote.list()) {
    assert.equal(batch.length, 1024);
    break;
  }
  assert.equal((await collect(remote.list())).length, 3000);
  await remote.close();
  await assert.rejects(remote.has([]), { kind: "backend" });
});

Deno.test("closing a port ends its wait", async () => {
  const remote = overPort(memoryBackend());
  const waiting = remote.waitForChange(new AbortController().signal);
  await remote.close();
  assert.deepEqual(await waiting, []);
});

Deno.test("a thread shares the store of the main thread", async () => {
  const store = memoryBackend();
  const { port1, port2 } = new MessageChannel();
  serveBackend(store, port1);
  const worker = new Worker(new URL("../support/file/file_memory_thread.ts", import.meta.url), { type: "module" });
  const ended = new Promise<string>((resolve) => worker.onmessage = (event) => resolve(event.data));
  worker.postMessage({ port: port2, owner: newOwner(), hash: hashOf(8) }, [port2]);
  assert.equal(await ended, "stored");
  assert.deepEqual([...await store.has([hashOf(8)])], [hashOf(8)]);
  worker.terminate();
  port1.close();
});
