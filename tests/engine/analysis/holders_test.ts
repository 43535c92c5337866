import assert from "node:assert/strict";
import { memoryBackend } from "../../../backends/memory.ts";
import { listHolders } from "../../../engine/analysis/holders.ts";
import { hashesOf, newOwner } from "../../backends/backend_contract.ts";

Deno.test("listHolders() tells which process runs a task, and which of its tasks wait", async () => {
  const backend = memoryBackend();
  const owner = { ...newOwner(), host: "node7", pid: 42 };
  const [first, second, third] = hashesOf(3);
  assert(first && second && third);
  await backend.join(owner);
  const before = Date.now();
  await backend.claim([first, second], { owner, thread: 0 });
  await backend.claim([third], { owner, thread: 1 });
  const holders = new Map((await listHolders(backend)).map((holder) => [holder.hash, holder]));
  assert.deepEqual([first, second, third].map((hash) => holders.get(hash)?.isQueued), [false, true, false]);
  const found = holders.get(third);
  assert(found?.since !== undefined && found.since >= before);
  assert.deepEqual({ ...found, since: 0 }, {
    ...{ hash: third, owner: owner.id, thread: 1, host: "node7", pid: 42, since: 0, isQueued: false, state: "alive" },
  });
  const { listProcesses: _, ...bare } = backend;
  const unknown = await listHolders(bare);
  assert.deepEqual(unknown.map(({ host, pid }) => [host, pid]), Array(3).fill([undefined, undefined]));
  await backend.close();
});

Deno.test("a thread of a process with --concurrency runs as many of its tasks at once", async () => {
  const backend = memoryBackend();
  const owner = { ...newOwner(), options: "--workers 2 --concurrency 2 --keep-going" };
  const hashes = hashesOf(3);
  await backend.join(owner);
  await backend.claim(hashes, { owner, thread: 0 });
  const holders = new Map((await listHolders(backend)).map((holder) => [holder.hash, holder.isQueued]));
  assert.deepEqual(hashes.map((hash) => holders.get(hash)), [false, false, true]);
  await backend.close();
});
