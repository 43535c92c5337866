import assert from "node:assert/strict";
import { main } from "../commands/main.ts";
import type { Backend } from "../backends/backend.ts";
import { openBackend } from "../backends/open.ts";
import type { Hash } from "../core/brand.ts";
import { encodeRecord } from "../core/record.ts";
import { copyResults } from "../engine/copy_results.ts";
import { collect, hashesOf, hashOf } from "./backend_contract.ts";
import { fakeHost } from "./support/fake_host.ts";
import { withTempDir } from "./support/temp_dir.ts";

function recordOf(value: unknown): Uint8Array {
  return encodeRecord({ type: "result", value, meta: { name: "t.t", start: 0, finish: 1, worker: "w" }, label: "t.t" });
}

async function store(backend: Backend, hashes: readonly Hash[]): Promise<void> {
  await backend.complete(hashes.map((hash) => ({ hash, bytes: recordOf(`value of ${hash}`), lock: undefined })));
}

async function contentsOf(address: string): Promise<Map<Hash, Uint8Array | undefined>> {
  const backend = await openBackend(address);
  const hashes = (await collect(backend.list())).sort();
  const loaded = await backend.load(hashes);
  await backend.close();
  return new Map(hashes.map((hash, index) => [hash, loaded[index]]));
}

async function jug(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const host = fakeHost();
  const code = await main(args, host);
  return { code, ...host.written };
}

Deno.test("jug copy: results go from backend to backend and come back as the same bytes", async () => {
  await withTempDir(async (folder) => {
    const first = await openBackend(`${folder}/one.jugdata`);
    await store(first, hashesOf(1500));
    await first.complete([{ hash: hashOf(9000), bytes: recordOf(new Uint8Array(9_000_000)), lock: undefined }]);
    await first.close();
    const stations = ["one.jugdata", "two.jugdb", "three.jugmem", "four.jugdata"];
    const [one = "", two = "", three = "", four = ""] = stations.map((name) => `${folder}/${name}`);
    const route = [one, `sqlite:${two}`, `memory:${three}`, four];
    for (const [index, to] of route.slice(1).entries()) {
      const { code, stdout, stderr } = await jug("copy", route[index] ?? "", to);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^1501 copied, 0 were there already; all of these were compared$/m);
    }
    assert.deepEqual(await contentsOf(four), await contentsOf(one));
  });
});

Deno.test("jug copy: what was interrupted goes on where it ended", async () => {
  await withTempDir(async (folder) => {
    const [from, to] = [await openBackend("memory:"), await openBackend(`${folder}/to.jugdata`)];
    await store(from, hashesOf(2000));
    let calls = 0;
    const failing: Backend = {
      ...to,
      complete: (items) => ++calls > 3 ? Promise.reject(new Error("the line was cut")) : to.complete(items),
    };
    await assert.rejects(copyResults(from, failing, () => {}), /the line was cut/);
    const there = (await collect(to.list())).length;
    assert(there > 0 && there < 2000, `${there}`);
    const done = await copyResults(from, to, () => {});
    assert.deepEqual(done, { copied: 2000 - there, present: there, differing: [], damaged: [] });
    await from.close();
    await to.close();
  });
});

Deno.test("jug copy: other bytes in the target, and damage in the source, are told and touched in neither", async () => {
  await withTempDir(async (folder) => {
    const [one, two] = [`${folder}/one.jugdata`, `${folder}/two.jugdata`];
    const [from, to] = [await openBackend(one), await openBackend(two)];
    await store(from, hashesOf(3));
    const torn = recordOf("torn").subarray(0, 40);
    await from.complete([{ hash: hashOf(8), bytes: torn, lock: undefined }]);
    await to.complete([{ hash: hashOf(1), bytes: recordOf("mine"), lock: undefined }]);
    await from.close();
    await to.close();
    const { code, stdout, stderr } = await jug("copy", one, two);
    assert.equal(code, 1);
    assert.match(stdout, /^2 copied, 0 were there already/);
    assert.match(
      stderr,
      new RegExp(`1 results are others in the target, and stayed as they are \\(${hashOf(1).slice(0, 8)}\\)`),
    );
    assert.match(
      stderr,
      new RegExp(`1 results are damaged in the source, and were left out \\(${hashOf(8).slice(0, 8)}\\)`),
    );
    assert.deepEqual((await contentsOf(two)).get(hashOf(1)), recordOf("mine"));
    assert.deepEqual((await contentsOf(one)).get(hashOf(8)), torn);
  });
});

Deno.test("jug copy: progress is said now and then", async () => {
  await withTempDir(async (folder) => {
    const from = await openBackend(`${folder}/one.jugdata`);
    await store(from, hashesOf(100));
    await from.close();
    const host = fakeHost();
    let minutes = 0;
    const code = await main(["copy", `${folder}/one.jugdata`, "memory:"], {
      ...host,
      now: () => new Date(2026, 0, 1, 0, minutes++),
    });
    assert.equal(code, 0);
    assert.match(host.written.stderr, /^\d+ copied, 0 were there already so far$/m);
  });
});

Deno.test("jug copy: anything but two different jugdirs is a usage error", async () => {
  for (const words of [[], ["one"], ["one", "two", "three"], ["same", "same"]]) {
    const { code, stderr } = await jug("copy", ...words);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /jug copy .*jugdir|too many arguments/s);
  }
});

Deno.test("jug pack: only folders can be packed", async () => {
  await withTempDir(async (folder) => {
    const { code, stderr } = await jug("pack", "--jugdir", `sqlite:${folder}/one.jugdb`);
    assert.equal(code, 2);
    assert.match(stderr, /cannot be packed: it is not a folder/);
  });
});
