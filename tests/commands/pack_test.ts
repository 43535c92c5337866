import assert from "node:assert/strict";
import { type FileBackend, fileBackend } from "../../backends/file.ts";
import { Pack } from "../../backends/file/pack_file.ts";
import { denoFileSystem } from "../../backends/file/system/deno_file_system.ts";
import type { Hash } from "../../core/brand.ts";
import { isJugError } from "../../core/errors.ts";
import { backendContract, collect, hashesOf, hashOf, HERE } from "../backends/backend_contract.ts";
import { startOwner } from "../support/file/file_processes.ts";
import { expectedOfLayers, sortedLines } from "../support/campaign/layers_expected.ts";
import { runJug } from "../support/run_jug.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { sampleJugfile, withScene } from "../support/campaign/watch.ts";

const text = (words: string) => new TextEncoder().encode(words);
const words = (bytes: Uint8Array | undefined) => bytes === undefined ? undefined : new TextDecoder().decode(bytes);

/** Backends may rely on a listing of packs for 50 ms; the tests wait slightly longer. */
const SETTLE_MS = 60;

backendContract("file backend that is packed after each result", () => {
  const folder = Deno.makeTempDirSync({ prefix: "jug_test_" });
  const root = `${folder}/jugdata`;
  let leap = 0;
  return Promise.resolve({
    open() {
      const backend = fileBackend({
        root,
        observer: HERE,
        clock: () => performance.now() + leap,
      });
      return Promise.resolve({
        ...backend,
        async complete(items) {
          const outcomes = await backend.complete(items);
          await backend.pack({ settleMs: SETTLE_MS }).catch((error) => {
            assert(isJugError(error) && error.message.includes("another jug pack"), String(error));
          });
          return outcomes;
        },
      });
    },
    passTime(ms) {
      leap += ms;
      return Promise.resolve();
    },
    async claimAndDie(owner, hashes) {
      const other = startOwner(root);
      await other.tell({ do: "join", owner, renewMs: 1_000_000 });
      await other.tell({ do: "claim", hashes });
      await other.kill();
    },
    dispose: () => Deno.remove(folder, { recursive: true }),
  });
});

function looseFiles(root: string): number {
  let count = 0;
  for (const { name } of Deno.readDirSync(`${root}/results`)) {
    count += [...Deno.readDirSync(`${root}/results/${name}`)].length;
  }
  return count;
}

function packFiles(root: string, ending: "pack" | "new" | "gone"): string[] {
  return [...Deno.readDirSync(`${root}/packs`)].map(({ name }) => name).filter((name) => name.endsWith(`.${ending}`));
}

/** Calls `use` with a jugdir and a way to open it. */
function withJugdir(use: (root: string, open: () => FileBackend) => Promise<void>): Promise<void> {
  return withTempDir(async (folder) => {
    const opened: FileBackend[] = [];
    const root = `${folder}/jugdata`;
    try {
      await use(root, () => {
        const backend = fileBackend({ root });
        opened.push(backend);
        return backend;
      });
    } finally {
      for (const backend of opened) await backend.close();
    }
  });
}

async function store(backend: FileBackend, hashes: readonly Hash[], label = "result"): Promise<void> {
  await backend.complete(hashes.map((hash) => ({ hash, bytes: text(`${label} of ${hash}`), lock: undefined })));
}

async function loadOne(backend: FileBackend, hash: Hash): Promise<string | undefined> {
  return words((await backend.load([hash]))[0]);
}

Deno.test("pack: small results move into one file, large ones stay, and open backends still read all", async () => {
  await withJugdir(async (root, open) => {
    const [backend, reader] = [open(), open()];
    const hashes = hashesOf(3000);
    await store(backend, hashes);
    const large = { hash: hashOf(9999), bytes: new Uint8Array(70_000), lock: undefined };
    await backend.complete([large]);
    assert.equal((await reader.has(hashes)).size, 3000);
    const summary = await backend.pack({ settleMs: SETTLE_MS });
    assert.deepEqual(summary, { packed: 3000, folded: 0, packs: 1, damaged: [] });
    assert.equal(looseFiles(root), 1);
    assert.equal((await reader.has([...hashes, large.hash, hashOf(5000)])).size, 3001);
    assert.deepEqual(await reader.load(hashes), hashes.map((hash) => text(`result of ${hash}`)));
    assert.equal(new Set(await collect(reader.list())).size, 3001);
    assert.deepEqual(await backend.pack({ settleMs: SETTLE_MS }), { packed: 0, folded: 0, packs: 1, damaged: [] });
  });
});

Deno.test("pack: packing again merges small packs and drops removed results", async () => {
  await withJugdir(async (root, open) => {
    const backend = open();
    for (let turn = 0; turn < 3; turn++) {
      await store(backend, hashesOf(100, turn * 100));
      await backend.pack({ settleMs: SETTLE_MS });
    }
    assert.equal(packFiles(root, "pack").length, 1);
    assert.equal((await open().remove(hashesOf(50))).size, 50);
    assert.deepEqual(await backend.has(hashesOf(50)), new Set());
    await store(backend, [hashOf(0)], "another");
    await backend.pack({ settleMs: SETTLE_MS });
    assert.deepEqual([packFiles(root, "pack").length, packFiles(root, "gone").length], [1, 0]);
    assert.equal((await collect(backend.list())).length, 251);
    assert.equal(await loadOne(open(), hashOf(0)), `another of ${hashOf(0)}`);
    await backend.remove(hashesOf(300));
    assert.deepEqual(await collect(backend.list()), []);
    await backend.pack({ settleMs: SETTLE_MS });
    assert.deepEqual(packFiles(root, "pack"), []);
  });
});

Deno.test("pack: a jugdir that does not exist is not created", async () => {
  await withJugdir(async (root, open) => {
    assert.equal((await open().pack()).packed, 0);
    assert.throws(() => Deno.statSync(root), Deno.errors.NotFound);
  });
});

Deno.test("pack: a second packing at the same time is refused", async () => {
  await withJugdir(async (_root, open) => {
    const backend = open();
    await store(backend, hashesOf(3));
    const first = backend.pack({ settleMs: SETTLE_MS });
    await assert.rejects(open().pack(), (error) => isJugError(error) && error.message.includes("another jug pack"));
    assert.equal((await first).packed, 3);
  });
});

Deno.test("pack: a truncated or overwritten pack is reported, and its results count as missing", async () => {
  await withJugdir(async (root, open) => {
    const backend = open();
    await store(backend, hashesOf(100));
    await backend.pack({ settleMs: SETTLE_MS });
    const [name = ""] = packFiles(root, "pack");
    const path = `${root}/packs/${name}`;
    const whole = Deno.readFileSync(path);
    const broken = [whole.subarray(0, 500), whole.subarray(0, -1), new Uint8Array(whole.length), new Uint8Array(0)];
    const flipped = whole.slice();
    const at = whole.length - 100;
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    for (const bytes of [...broken, flipped]) {
      Deno.writeFileSync(path, bytes);
      assert.equal(Pack.open(denoFileSystem, path), undefined);
      assert.deepEqual(await open().has(hashesOf(100)), new Set());
    }
    assert.deepEqual((await open().pack({ settleMs: SETTLE_MS })).damaged, [name.slice(0, -".pack".length)]);
    Deno.writeFileSync(path, whole);
    assert.equal((await open().has(hashesOf(100))).size, 100);
  });
});

/** The operations with which a packing changes the folder. */
const OPS = ["renameSync", "removeSync", "linkSync", "openSync", "mkdirSync"] as const;

/** Calls `work`, and calls `before` before each of these operations, with its number. */
async function watchingOps(before: (count: number) => void, work: () => Promise<unknown>): Promise<void> {
  const originals = Object.fromEntries(OPS.map((name) => [name, Deno[name]]));
  let count = 0;
  let isInside = false;
  for (const name of OPS) {
    const original: (...args: never[]) => unknown = Deno[name];
    Object.assign(Deno, {
      [name]: (...args: never[]) => {
        if (!isInside) {
          isInside = true;
          try {
            before(count++);
          } finally {
            isInside = false;
          }
        }
        return original(...args);
      },
    });
  }
  try {
    await work();
  } finally {
    Object.assign(Deno, originals);
  }
}

/** Fills a jugdir with an older pack (results 0 to 3, of which 3 was removed) and files (results 4 to 7). */
async function seedJugdir(open: () => FileBackend): Promise<void> {
  const backend = open();
  await store(backend, hashesOf(4));
  await backend.pack({ settleMs: 0 });
  await backend.remove([hashOf(3)]);
  await store(backend, hashesOf(4, 4));
}

const SEEDED = [...hashesOf(3), ...hashesOf(4, 4)];

async function contentsOf(backend: FileBackend): Promise<Map<Hash, string | undefined>> {
  const hashes = [...new Set(await collect(backend.list()))].sort();
  const loaded = await backend.load(hashes);
  assert.deepEqual(await backend.has(hashes), new Set(hashes));
  return new Map(hashes.map((hash, index) => [hash, words(loaded[index])]));
}

function expectedContents(label: (hash: Hash) => string | undefined): Map<Hash, string> {
  const contents = new Map<Hash, string>();
  for (const hash of [...SEEDED].sort()) {
    const found = label(hash);
    if (found !== undefined) contents.set(hash, `${found} of ${hash}`);
  }
  return contents;
}

/** Calls `play` with the number of each operation of a packing in turn, until it returns that there is no such one. */
async function atEveryOp(play: (op: number) => Promise<boolean>): Promise<void> {
  let op = 0;
  while (await play(op)) op++;
  assert(op > 15, `only ${op} operations`);
}

Deno.test("pack: after a crash at any moment no result is lost, none reappears, and packing can finish", async () => {
  await atEveryOp(async (op) => {
    let hasEnded = false;
    await withJugdir(async (root, open) => {
      await seedJugdir(open);
      const packer = open();
      const crash = (count: number) => {
        // All later operations fail as well, so that no cleanup runs, as after a real crash.
        if (count >= op) {
          hasEnded = true;
          throw new Error("the process ended");
        }
      };
      await watchingOps(crash, () => packer.pack({ settleMs: 0 }).catch(() => {}));
      const expected = expectedContents(() => "result");
      assert.deepEqual(await contentsOf(open()), expected, `ended at operation ${op}`);
      // The flock of a dead process would be free, but this process still holds it.
      Deno.removeSync(`${root}/packs/lock`);
      await open().pack({ settleMs: 0 });
      assert.deepEqual(await contentsOf(open()), expected, `packed again after operation ${op}`);
      assert.deepEqual([packFiles(root, "pack").length, packFiles(root, "new").length, looseFiles(root)], [1, 0, 0]);
    });
    return hasEnded;
  });
});

for (const target of [hashOf(1), hashOf(5)]) {
  const what = target === hashOf(1) ? "in a pack before" : "in a file before";

  Deno.test(`pack: a result removed at any moment of a packing stays removed (${what})`, async () => {
    await atEveryOp(async (op) => {
      let removed: Promise<Set<Hash>> | undefined;
      await withJugdir(async (_root, open) => {
        await seedJugdir(open);
        const packer = open();
        await watchingOps((count) => {
          if (count === op) removed = open().remove([target]);
        }, () => packer.pack({ settleMs: 0 }));
        if (removed !== undefined) assert.deepEqual(await removed, new Set([target]));
        const expected = expectedContents((hash) => removed !== undefined && hash === target ? undefined : "result");
        assert.deepEqual(await contentsOf(open()), expected, `removed at operation ${op}`);
        await open().pack({ settleMs: 0 });
        assert.deepEqual(await contentsOf(open()), expected, `removed at operation ${op}, packed again`);
      });
      return removed !== undefined;
    });
  });

  Deno.test(`pack: a result removed and recomputed at any moment of a packing is the new one (${what})`, async () => {
    await atEveryOp(async (op) => {
      let stored: Promise<void> | undefined;
      await withJugdir(async (_root, open) => {
        await seedJugdir(open);
        const packer = open();
        await watchingOps((count) => {
          if (count !== op) return;
          const other = open();
          // Both finish before this returns, since the file backend works synchronously.
          void other.remove([target]);
          stored = store(other, [target], "another");
        }, () => packer.pack({ settleMs: 0 }));
        await stored;
        const expected = expectedContents((hash) => stored !== undefined && hash === target ? "another" : "result");
        assert.deepEqual(await contentsOf(open()), expected, `at operation ${op}`);
        await open().pack({ settleMs: 0 });
        assert.deepEqual(await contentsOf(open()), expected, `at operation ${op}, packed again`);
      });
      return stored !== undefined;
    });
  });

  Deno.test(`pack: a late result at any moment of a packing does not replace the existing one (${what})`, async () => {
    await atEveryOp(async (op) => {
      let late: Promise<unknown> | undefined;
      await withJugdir(async (_root, open) => {
        await seedJugdir(open);
        const packer = open();
        await watchingOps((count) => {
          if (count === op) late = open().complete([{ hash: target, bytes: text("late"), lock: undefined }]);
        }, () => packer.pack({ settleMs: 0 }));
        if (late !== undefined) assert.deepEqual(await late, ["kept"], `at operation ${op}`);
        assert.deepEqual(await contentsOf(open()), expectedContents(() => "result"), `at operation ${op}`);
      });
      return late !== undefined;
    });
  });
}

Deno.test("pack: a result in a pack is discarded only if its bytes are still those that were read", async () => {
  await withJugdir(async (_root, open) => {
    const backend = open();
    await store(backend, hashesOf(2));
    await backend.pack({ settleMs: SETTLE_MS });
    assert.equal(await backend.discard(hashOf(0), text("something else")), false);
    assert.equal(await backend.discard(hashOf(0), text(`result of ${hashOf(0)}`)), true);
    assert.deepEqual(await collect(open().list()), [hashOf(1)]);
  });
});

Deno.test("`jug pack` repeated while workers run: every task runs once, with the results of a serial run", async () => {
  await withScene(async ({ notes, jugdir, read, results }) => {
    const command = ["execute", sampleJugfile("layers.ts"), "6", "150", "10", notes, "--jugdir", jugdir];
    let isRunning = true;
    const runs = Promise.all([runJug(command), runJug([...command, "--workers", "2"])]);
    void runs.then(() => isRunning = false);
    let packed = 0;
    while (isRunning) {
      const { code, stdout, stderr } = await runJug(["pack", "--jugdir", jugdir]);
      assert.equal(code, 0, stderr);
      packed += Number(/^Packed (\d+) results/.exec(stdout)?.[1]);
    }
    for (const { code, stderr } of await runs) assert.equal(code, 0, stderr);
    assert(packed > 0);
    const begun = read().map(({ id }) => id);
    assert.deepEqual([begun.length, new Set(begun).size], [900, 900]);
    assert.deepEqual(sortedLines(await results()), expectedOfLayers(6, 150));
    const again = await runJug(command);
    assert.match(again.stdout, /^Total:\s+0\s+900$/m);
  });
});
