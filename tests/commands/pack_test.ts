/**
 * Packing while others work, and `jug pack`. tests/backends/file/merging_test.ts tests how segments are merged.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Backend } from "../../backends/backend.ts";
import { type FileBackend, fileBackend } from "../../backends/file.ts";
import { denoFileSystem } from "../../backends/file/system/deno_file_system.ts";
import type { FileSystem } from "../../backends/file/system/file_system.ts";
import { STILL_LEASES } from "../../backends/stillness.ts";
import { ORPHAN_LEASE_MS } from "../../backends/validation.ts";
import type { Hash } from "../../core/brand.ts";
import { backendContract, collect, hashesOf, hashOf, HERE, lockOf, newOwner } from "../backends/backend_contract.ts";
import { linesOf, startOwner, supportScript } from "../support/file/file_processes.ts";
import { amount, isLong } from "../support/campaign/campaign.ts";
import { expectedOfLayers, sortedLines } from "../support/campaign/layers_expected.ts";
import { runJug } from "../support/run_jug.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { sampleJugfile, withScene } from "../support/campaign/watch.ts";

const KILLS = amount({ short: 3, long: 10 });

const text = (words: string) => new TextEncoder().encode(words);
const words = (bytes: Uint8Array | undefined) => bytes === undefined ? undefined : new TextDecoder().decode(bytes);

backendContract("file backend that is packed after each change", () => {
  const folder = Deno.makeTempDirSync({ prefix: "jug_test_" });
  const root = `${folder}/jugdata`;
  let leap = 0;
  const openFile = () => fileBackend({ root, observer: HERE, clock: () => performance.now() + leap });
  /** Lets a process of its own do something, which closes its segment, and then packs. */
  async function passBy<T>(work: (backend: Backend) => Promise<T>): Promise<T> {
    const backend = openFile();
    const result = await work(backend);
    await backend.close();
    const packer = openFile();
    await packer.pack();
    await packer.close();
    return result;
  }
  return Promise.resolve({
    mergesChanges: true,
    open() {
      const backend = openFile();
      return Promise.resolve({
        ...backend,
        // Whoever has no lock is no worker.
        complete: (items) =>
          passBy((other) => (items.every(({ lock }) => lock === undefined) ? other : backend).complete(items)),
        remove: (hashes) => passBy((other) => other.remove(hashes)),
        discard: (hash, bytes) => passBy((other) => other.discard(hash, bytes)),
        removeFailures: (hashes) => passBy((other) => other.removeFailures(hashes)),
        fail: (items) => passBy(() => backend.fail(items)),
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

type Open = (options?: { fileSystem?: FileSystem }) => FileBackend;

/** A jugdir, ways to open it, and a clock. */
interface Jugdir {
  readonly root: string;
  readonly open: Open;
  /** Lets time pass. */
  passTime(ms: number): void;
}

function withJugdir(use: (jugdir: Jugdir) => Promise<void>): Promise<void> {
  return withTempDir(async (folder) => {
    const opened: FileBackend[] = [];
    const root = `${folder}/jugdata`;
    let now = 0;
    try {
      await use({
        root,
        open: (options = {}) => {
          const backend = fileBackend({ root, observer: HERE, clock: () => now, ...options });
          opened.push(backend);
          return backend;
        },
        passTime: (ms) => now += ms,
      });
    } finally {
      for (const backend of opened) await backend.close();
    }
  });
}

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** Lets a process of its own store results, and leave. */
async function store(open: Open, hashes: readonly Hash[], label = "result"): Promise<void> {
  const backend = open();
  const owner = newOwner();
  const member = await backend.join(owner);
  const locks = (await backend.claim(hashes, { owner, thread: 0 })).map(lockOf);
  await backend.complete(locks.map((lock) => ({ hash: lock.hash, bytes: text(`${label} of ${lock.hash}`), lock })));
  await member.leave();
}

Deno.test("pack: a jugdir that does not exist is not created", async () => {
  await withJugdir(async ({ root, open }) => {
    assert.equal(await open().pack(), 0);
    assert.throws(() => Deno.statSync(root), Deno.errors.NotFound);
  });
});

Deno.test("pack: removed results take no room any more", async () => {
  await withJugdir(async ({ root, open }) => {
    await store(open, hashesOf(1000));
    await store(open, hashesOf(1000, 1000));
    await open().pack();
    const sizes = () => names(`${root}/segments`).map((name) => Deno.statSync(`${root}/segments/${name}`).size);
    const [before = 0, ...others] = sizes();
    assert.equal(others.length, 0);
    await open().remove(hashesOf(1500));
    await open().pack();
    const [after = 0] = sizes();
    assert.equal(sizes().length, 1);
    assert(after < 0.8 * before, `${before} bytes before, ${after} after`);
    assert.deepEqual(new Set(await collect(open().list())), new Set(hashesOf(500, 1500)));
  });
});

Deno.test("pack: a result in a merged segment is discarded only if its bytes are still those that were read", async () => {
  await withJugdir(async ({ open }) => {
    for (const hash of hashesOf(2)) await store(open, [hash]);
    const backend = open();
    assert.equal(await backend.pack(), 2);
    assert.equal(await backend.discard(hashOf(0), text("something else")), false);
    assert.equal(await backend.discard(hashOf(0), text(`result of ${hashOf(0)}`)), true);
    assert.deepEqual(await collect(open().list()), [hashOf(1)]);
  });
});

Deno.test("pack: of a damaged segment, what is intact is kept, and nothing else is lost", async () => {
  const damages: Record<string, (content: Uint8Array) => Uint8Array> = {
    "cut off": (content) => content.subarray(0, content.length / 2),
    "empty": () => new Uint8Array(),
    "overwritten": (content) => new Uint8Array(content.length),
    "overwritten by other text": (content) => text("jugf".repeat(content.length / 4 + 1)).subarray(0, content.length),
  };
  for (const [what, damage] of Object.entries(damages)) {
    await withJugdir(async ({ root, open }) => {
      await store(open, hashesOf(10));
      const [name = ""] = names(`${root}/segments`);
      await store(open, hashesOf(10, 10));
      const path = `${root}/segments/${name}`;
      Deno.writeFileSync(path, damage(Deno.readFileSync(path)));
      assert.equal(await open().pack(), 2, what);
      assert.deepEqual(new Set(await collect(open().list())), new Set(hashesOf(10, 10)), what);
      await store(open, hashesOf(10));
      assert.equal(await open().pack(), 2, what);
      const loaded = await open().load(hashesOf(20));
      assert.deepEqual(loaded.map(words), hashesOf(20).map((hash) => `result of ${hash}`), what);
    });
  }
});

/** A file system that calls `before` before each change, with its number. */
function watching(before: (count: number) => void): FileSystem {
  let count = 0;
  let isInside = false;
  const step = () => {
    if (isInside) return;
    isInside = true;
    try {
      before(count++);
    } finally {
      isInside = false;
    }
  };
  const files = denoFileSystem;
  return {
    ...files,
    open(path, mode) {
      if (mode !== "read") step();
      const file = files.open(path, mode);
      return {
        ...file,
        // Without flocks, this process can be found dead by its heartbeat, although it only seems to have crashed.
        tryLock() {
          throw new Deno.errors.NotSupported("no flocks");
        },
        write(bytes, position) {
          step();
          file.write(bytes, position);
        },
      };
    },
    create: (path, bytes) => (step(), files.create(path, bytes)),
    link: (from, to) => (step(), files.link(from, to)),
    rename: (from, to) => (step(), files.rename(from, to)),
    remove: (path) => (step(), files.remove(path)),
  };
}

/** Fills a jugdir with a merged segment (results 0 to 3, of which 3 was removed) and two others (results 4 to 7). */
async function seedJugdir(open: Open): Promise<void> {
  await store(open, hashesOf(2));
  await store(open, hashesOf(2, 2));
  await open().pack();
  await open().remove([hashOf(3)]);
  await store(open, hashesOf(2, 4));
  await store(open, hashesOf(2, 6));
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

/** Calls `play` with the number of each change of a packing in turn, until it returns that there is no such one. */
async function atEveryChange(play: (change: number) => Promise<boolean>): Promise<void> {
  let change = 0;
  while (await play(change)) change++;
  assert(change > 10, `only ${change} changes`);
}

/** Packs until nothing is left to merge, while all processes that have not ended properly are found dead. */
async function packLater({ open, passTime }: Jugdir): Promise<void> {
  const backend = open();
  for (let turn = 0; turn < 3; turn++) {
    await backend.pack();
    passTime(STILL_LEASES * ORPHAN_LEASE_MS);
  }
}

Deno.test("pack: after a crash at any moment no result is lost, none reappears, and packing can finish", async () => {
  await atEveryChange(async (change) => {
    let hasEnded = false;
    await withJugdir(async (jugdir) => {
      const { root, open } = jugdir;
      await seedJugdir(open);
      let isOver = false;
      const fileSystem = watching((count) => {
        // All later changes fail as well, so that no cleanup runs, as after a real crash.
        if (count < change || isOver) return;
        hasEnded = true;
        throw new Error("the process ended");
      });
      try {
        await open({ fileSystem }).pack().catch(() => {});
        const expected = expectedContents(() => "result");
        assert.deepEqual(await contentsOf(open()), expected, `ended at change ${change}`);
        await packLater(jugdir);
        assert.deepEqual(await contentsOf(open()), expected, `packed again after change ${change}`);
        assert.deepEqual([names(`${root}/segments`).length, names(`${root}/tmp`)], [1, []], `at change ${change}`);
      } finally {
        isOver = true;
      }
    });
    return hasEnded;
  });
});

Deno.test("pack: at any moment of a packing all results can be read, by whoever began when", async () => {
  const expected = SEEDED.map((hash) => `result of ${hash}`);
  await atEveryChange(async (change) => {
    let readings: Promise<(Uint8Array | undefined)[]>[] = [];
    await withJugdir(async ({ open }) => {
      await seedJugdir(open);
      const readers = [open(), open()];
      // One has read some results, and the other has only seen which there are.
      await readers[0]?.load([hashOf(1), hashOf(4)]);
      await readers[1]?.has([hashOf(1)]);
      const fileSystem = watching((count) => {
        // The file backend works synchronously.
        if (count === change) readings = [...readers, open()].map((reader) => reader.load(SEEDED));
      });
      await open({ fileSystem }).pack();
      for (const found of await Promise.all(readings)) assert.deepEqual(found.map(words), expected, `at ${change}`);
      for (const reader of readers) {
        assert.deepEqual((await reader.load(SEEDED)).map(words), expected, `after ${change}`);
      }
    });
    return readings.length > 0;
  });
});

for (const target of [hashOf(1), hashOf(5)]) {
  const what = target === hashOf(1) ? "in a merged segment before" : "in another segment before";

  Deno.test(`pack: a result removed at any moment of a packing stays removed (${what})`, async () => {
    await atEveryChange(async (change) => {
      let removed: Promise<Set<Hash>> | undefined;
      await withJugdir(async (jugdir) => {
        const { open } = jugdir;
        await seedJugdir(open);
        const fileSystem = watching((count) => {
          if (count === change) removed = open().remove([target]);
        });
        await open({ fileSystem }).pack();
        if (removed !== undefined) assert.deepEqual(await removed, new Set([target]));
        const expected = expectedContents((hash) => removed !== undefined && hash === target ? undefined : "result");
        assert.deepEqual(await contentsOf(open()), expected, `removed at change ${change}`);
        await packLater(jugdir);
        assert.deepEqual(await contentsOf(open()), expected, `removed at change ${change}, packed again`);
      });
      return removed !== undefined;
    });
  });

  Deno.test(`pack: a result removed and recomputed at any moment of a packing is the new one (${what})`, async () => {
    await atEveryChange(async (change) => {
      let stored: Promise<unknown> | undefined;
      await withJugdir(async (jugdir) => {
        const { open } = jugdir;
        await seedJugdir(open);
        const fileSystem = watching((count) => {
          if (count !== change) return;
          const other = open();
          // Both finish before this returns, since the file backend works synchronously.
          void other.remove([target]);
          stored = other.complete([{ hash: target, bytes: text(`another of ${target}`), lock: undefined }]);
        });
        await open({ fileSystem }).pack();
        if (stored !== undefined) assert.deepEqual(await stored, ["stored"]);
        const expected = expectedContents((hash) => stored !== undefined && hash === target ? "another" : "result");
        assert.deepEqual(await contentsOf(open()), expected, `at change ${change}`);
        await packLater(jugdir);
        assert.deepEqual(await contentsOf(open()), expected, `at change ${change}, packed again`);
      });
      return stored !== undefined;
    });
  });

  Deno.test(`pack: a late result at any moment of a packing does not replace the existing one (${what})`, async () => {
    await atEveryChange(async (change) => {
      let late: Promise<unknown> | undefined;
      await withJugdir(async ({ open }) => {
        await seedJugdir(open);
        const fileSystem = watching((count) => {
          if (count === change) late = open().complete([{ hash: target, bytes: text("late"), lock: undefined }]);
        });
        await open({ fileSystem }).pack();
        if (late !== undefined) assert.deepEqual(await late, ["kept"], `at change ${change}`);
        assert.deepEqual(await contentsOf(open()), expectedContents(() => "result"), `at change ${change}`);
      });
      return late !== undefined;
    });
  });
}

/** Starts a process that runs a script of tests/support/file. */
function startScript(script: string, args: readonly string[]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", "-A", supportScript(script), ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  return { child, lines: linesOf(child.stdout) };
}

Deno.test("pack: what a killed packing has taken is merged by the next one, also if others tidied up before", async () => {
  await withJugdir(async ({ root, open }) => {
    for (const hash of hashesOf(2)) await store(open, [hash]);
    const { child, lines } = startScript("file_stuck.ts", ["pack", root]);
    assert.equal((await lines.next()).value, "stuck");
    child.kill("SIGKILL");
    await child.status;
    await lines.return(undefined);
    await open().tidy();
    assert.deepEqual([names(`${root}/workers`), names(`${root}/tmp`)], [[], []]);
    assert.equal(await open().pack(), 2);
    assert.deepEqual((await open().load(hashesOf(2))).map(words), hashesOf(2).map((hash) => `result of ${hash}`));
  });
});

Deno.test("pack: processes that pack and are killed at any moment lose no result that they stored", async () => {
  await withJugdir(async ({ root, open, passTime }) => {
    const stored = new Set<number>();
    const readers: Promise<void>[] = [];
    const packers: ReturnType<typeof startScript>[] = [];
    let started = 0;
    let onStored: () => void = () => {};
    const start = () => {
      const packer = startScript("file_packer.ts", [root, String(started++ * 10_000)]);
      packers.push(packer);
      readers.push((async () => {
        for await (const line of packer.lines) {
          // A killed process may have written a part of a number.
          if (/^\d+$/.test(line)) stored.add(Number(line));
          onStored();
        }
      })());
    };
    const manyMore = () => {
      const enough = stored.size + 60;
      return new Promise<void>((resolve) => onStored = () => stored.size >= enough && resolve());
    };
    try {
      for (let i = 0; i < 3; i++) start();
      for (let kills = 0; kills < KILLS; kills++) {
        await manyMore();
        const victim = packers.shift();
        assert(victim !== undefined);
        victim.child.kill("SIGKILL");
        await victim.child.status;
        start();
        const known = [...stored].map(hashOf);
        assert.equal((await open().has(known)).size, known.length, `after kill ${kills}`);
      }
    } finally {
      for (const { child } of packers) child.kill("SIGKILL");
      await Promise.all(packers.map(({ child }) => child.status));
      await Promise.all(readers);
    }
    const check = async () => {
      const hashes = [...stored].map(hashOf);
      assert.deepEqual((await open().load(hashes)).map(words), hashes.map((hash) => `result of ${hash}`));
    };
    await check();
    await packLater({ root, open, passTime });
    await check();
    assert.deepEqual([names(`${root}/segments`).length, names(`${root}/tmp`)], [1, []]);
  });
});

Deno.test("`jug pack` merges the files that processes left, also several at once, and says how many", async () => {
  await withJugdir(async ({ root, open }) => {
    for (let n = 0; n < 20; n++) await store(open, [hashOf(n)]);
    const runs = await Promise.all(Array.from({ length: 3 }, () => runJug(["pack", "--jugdir", root])));
    let merged = 0;
    for (const { code, stdout, stderr } of runs) {
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^(?:Merged \d+ files into one|Nothing to merge)\n$/);
      merged += Number(/\d+/.exec(stdout)?.[0] ?? 0);
    }
    // One of them may have merged what another one had merged before.
    assert(merged >= 20 && merged <= 22, runs.map(({ stdout }) => stdout).join(""));
    const last = await runJug(["pack", "--jugdir", root]);
    assert.equal(last.code, 0, last.stderr);
    assert.equal(names(`${root}/segments`).length, 1);
    assert.equal((await runJug(["pack", "--jugdir", root])).stdout, "Nothing to merge\n");
    assert.deepEqual((await open().load(hashesOf(20))).map(words), hashesOf(20).map((hash) => `result of ${hash}`));
  });
});

Deno.test("`jug pack` refuses a backend that is no folder, with a remedy", async () => {
  await withTempDir(async (folder) => {
    const { code, stderr } = await runJug(["pack", "--jugdir", `sqlite:${folder}/a.jugdb`]);
    assert.equal(code, 2);
    assert.match(stderr, /cannot be packed: it is not a folder/);
    assert.match(stderr, /Name a folder with --jugdir/);
  });
});

const COMING_AND_GOING =
  "`jug pack` repeated while workers come and go: every task runs once, with the results of a serial run";
Deno.test({ name: COMING_AND_GOING, ignore: !isLong }, async () => {
  await withScene(async ({ notes, jugdir, read, results, start }) => {
    // Those that need fewer layers end earlier.
    const runs = [2, 3, 4, 5, 6].map((layers) => start("layers.ts", [String(layers), "150", "10", notes]));
    let isRunning = true;
    const ended = Promise.all(runs.map(({ result }) => result));
    void ended.then(() => isRunning = false);
    let merged = 0;
    while (isRunning) {
      const { code, stdout, stderr } = await runJug(["pack", "--jugdir", jugdir]);
      assert.equal(code, 0, stderr);
      merged += Number(/^Merged (\d+) files/.exec(stdout)?.[1] ?? 0);
    }
    for (const { code, stderr } of await ended) assert.equal(code, 0, stderr);
    assert(merged > 0);
    const begun = read().map(({ id }) => id);
    assert.deepEqual([begun.length, new Set(begun).size], [900, 900]);
    assert.deepEqual(sortedLines(await results()), expectedOfLayers(6, 150));
    const again = await runJug(["execute", sampleJugfile("layers.ts"), "6", "150", "10", notes, "--jugdir", jugdir]);
    assert.match(again.stdout, /^Total:\s+0\s+900$/m);
  });
});

Deno.test("`jug pack` repeated while workers run and are killed: each task's result is that of a serial run", async () => {
  await withScene(async ({ notes, jugdir, read, results, start }) => {
    const args = ["6", "150", "10", notes];
    const steady = start("layers.ts", args);
    let isRunning = true;
    void steady.result.then(() => isRunning = false);
    let victim = start("layers.ts", [...args, "--workers", "2"]);
    let [merged, killed] = [0, 0];
    let seen = 0;
    while (isRunning) {
      const { code, stdout, stderr } = await runJug(["pack", "--jugdir", jugdir]);
      assert.equal(code, 0, stderr);
      merged += Number(/^Merged (\d+) files/.exec(stdout)?.[1] ?? 0);
      // What it stored since it was started is merged by the next turns.
      const begun = read().length;
      if (killed < 4 && begun > seen + 50) {
        seen = begun;
        victim.kill("SIGKILL");
        await victim.result;
        killed++;
        victim = start("layers.ts", [...args, "--workers", "2"]);
      }
    }
    for (const run of [steady, victim]) {
      const { code, stderr } = await run.result;
      assert.equal(code, 0, stderr);
    }
    assert(killed > 0 && merged > 0, `${killed} killed, ${merged} merged`);
    const begun = read().map(({ id }) => id);
    assert.equal(new Set(begun).size, 900);
    assert.deepEqual(sortedLines(await results()), expectedOfLayers(6, 150));
    const again = await runJug(["execute", sampleJugfile("layers.ts"), ...args, "--jugdir", jugdir]);
    assert.match(again.stdout, /^Total:\s+0\s+900$/m);
  });
});
