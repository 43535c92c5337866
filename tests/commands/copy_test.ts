import assert from "node:assert/strict";
import { main } from "../../commands/main.ts";
import type { Backend } from "../../backends/backend.ts";
import { openBackend } from "../../backends/open.ts";
import type { Hash } from "../../core/brand.ts";
import { encodeRecord } from "../../core/value/record.ts";
import { copyResults } from "../../engine/results/copy_results.ts";
import { collect, hashesOf, hashOf } from "../backends/backend_contract.ts";
import { fakeHost } from "../support/fake_host.ts";
import { hasRedis, startRedis } from "../support/redis/redis_server.ts";
import { withTempDir } from "../support/temp_dir.ts";

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

Deno.test("jug copy: results keep the same bytes when they are copied through each backend", async () => {
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

Deno.test("jug copy: an interrupted copy continues where it stopped", async () => {
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
    assert.deepEqual(done, {
      copied: 2000 - there,
      present: there,
      mended: 0,
      differing: [],
      damaged: [],
      newer: [],
      lost: [],
    });
    await from.close();
    await to.close();
  });
});

Deno.test("jug copy: differing results in the target and damaged sources are reported and kept", async () => {
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
      new RegExp(`1 results differ in the target, and were not changed there \\(${hashOf(1).slice(0, 8)}\\)`),
    );
    assert.match(
      stderr,
      new RegExp(`1 results are damaged in the source, and were not copied \\(${hashOf(8).slice(0, 8)}\\)`),
    );
    assert.deepEqual((await contentsOf(two)).get(hashOf(1)), recordOf("mine"));
    assert.deepEqual((await contentsOf(one)).get(hashOf(8)), torn);
  });
});

Deno.test("jug copy: a damaged result in the target is replaced", async () => {
  await withTempDir(async (folder) => {
    const [one, two] = [`${folder}/one.jugdata`, `sqlite:${folder}/two.jugdb`];
    const [from, to] = [await openBackend(one), await openBackend(two)];
    await store(from, hashesOf(3));
    await to.complete([{ hash: hashOf(1), bytes: recordOf("torn").subarray(0, 40), lock: undefined }]);
    await from.close();
    await to.close();
    const { code, stdout, stderr } = await jug("copy", one, two);
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^2 copied, 0 were there already, 1 were damaged there and replaced; all of these were compared$/m,
    );
    assert.deepEqual(await contentsOf(two), await contentsOf(one));
  });
});

Deno.test("jug copy: a result that cannot be read back from the target is reported", async () => {
  const [from, to] = [await openBackend("memory:"), await openBackend("memory:")];
  await store(from, hashesOf(3));
  const forgetful: Backend = {
    ...to,
    complete: (items) =>
      to.complete(items.filter(({ hash }) => hash !== hashOf(1))).then(() => items.map(() => "stored")),
  };
  const done = await copyResults(from, forgetful, () => {});
  assert.deepEqual({ copied: done.copied, lost: done.lost }, { copied: 2, lost: [hashOf(1)] });
});

/**
 * Copies results of these sizes, in this order. Returns the largest number of bytes that were read but not yet written,
 * and the number of calls of `load`.
 */
async function mostAtOnce(sizes: readonly number[], batchSize: number): Promise<{ most: number; calls: number }> {
  const [memory, to] = [await openBackend("memory:"), await openBackend("memory:")];
  const hashes = hashesOf(sizes.length);
  // Random, since zeros would be compressed.
  const noise = crypto.getRandomValues(new Uint8Array(65_536));
  const value = (size: number) => new Uint8Array(size).map((_, index) => noise[index % 65_521] ?? 0);
  for (const [index, hash] of hashes.entries()) {
    await memory.complete([{ hash, bytes: recordOf(value(sizes[index] ?? 0)), lock: undefined }]);
  }
  let [read, most, calls] = [0, 0, 0];
  const from: Backend = {
    ...memory,
    batchSize,
    async load(wanted) {
      const loaded = await memory.load(wanted);
      calls++;
      for (const bytes of loaded) read += bytes?.length ?? 0;
      most = Math.max(most, read);
      return loaded;
    },
  };
  const done = await copyResults(from, to, () => read = 0);
  assert.equal(done.copied, sizes.length);
  return { most, calls };
}

Deno.test("jug copy: memory holds at most a few MB and the largest result; small ones are read together", async () => {
  const large = 5_000_000;
  const limit = 2 * 8 * 1024 * 1024 + large;
  const first = await mostAtOnce(Array.from({ length: 16 }, () => large), 128);
  assert(first.most < limit, `${first.most} bytes at once`);
  const later = await mostAtOnce(Array.from({ length: 620 }, (_, index) => index < 600 ? 10 : large), 1);
  assert(later.most < limit, `${later.most} bytes at once`);
  const small = await mostAtOnce(Array.from({ length: 2000 }, () => 10), 128);
  assert(small.calls < 40, `${small.calls} calls`);
});

Deno.test("jug copy: a source that does not exist is refused, and no target is created", async () => {
  await withTempDir(async (folder) => {
    await using server = hasRedis ? await startRedis() : undefined;
    const redis = server === undefined ? [] : [`${server.address}?prefix=typo`];
    const sources = ["typo.jugdata", "sqlite:typo.jugdb", "memory:typo.jugmem"].map((name) =>
      name.replace("typo", `${folder}/typo`)
    );
    for (const source of [...sources, ...redis]) {
      const { code, stderr } = await jug("copy", source, `${folder}/new.jugdata`);
      assert.equal(code, 1, stderr);
      assert.match(stderr, /typo.*" does not exist\n/);
      assert.deepEqual([...Deno.readDirSync(folder)], []);
    }
    const empty = await openBackend(`${folder}/empty.jugdata`, { create: true });
    await empty.close();
    const { code, stdout } = await jug("copy", `${folder}/empty.jugdata`, server?.address ?? `${folder}/new.jugdata`);
    assert.equal(code, 0);
    assert.match(stdout, /^0 copied/);
    if (server !== undefined) assert.equal((await jug("copy", server.address, `${folder}/new.jugdata`)).code, 0);
  });
});

Deno.test("jug copy: a jugdir that ends with the command, or needs a jugfile, is refused", async () => {
  const cases: [string, string, RegExp][] = [
    ["one", "memory:", /memory:, which is empty at first and lost when this command ends\n.*memory:primes\.jugmem/],
    ["MEMORY:", "two", /memory:, which is empty at first/],
    ["{jugfile}.jugdata", "two", /a jugdir with \{jugfile\}, but has no jugfile/],
    ["one", "redis://:sesame@host?prefix={date}", /a jugdir with \{date\}, but has no jugfile/],
  ];
  for (const [from, to, pattern] of cases) {
    const { code, stderr } = await jug("copy", from, to);
    assert.equal(code, 2, stderr);
    assert.match(stderr, pattern);
    assert(!stderr.includes("sesame"));
  }
});

Deno.test("jug copy: progress is reported from time to time", async () => {
  await withTempDir(async (folder) => {
    const from = await openBackend(`${folder}/one.jugdata`);
    await store(from, hashesOf(100));
    await from.close();
    const host = fakeHost();
    let minutes = 0;
    const code = await main(["copy", `${folder}/one.jugdata`, `${folder}/two.jugdata`], {
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
