/**
 * Measures the overhead per task of each backend: `execute` with one and two workers on tasks that do nothing, compared
 * with the same operations through the bare client. All are measured in one run, so the ratios can be compared between
 * machines.
 *
 * ```sh
 * deno run -A bench/backends.ts [FOLDER]     # a folder on the disk to measure; default: /dev/shm (memory) if it exists
 * ```
 *
 * @module
 */
import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { createClient } from "npm:@redis/client@5";
import { hasRedis, startRedis } from "../tests/support/redis/redis_server.ts";

const TASKS = 10_000;
const ROUNDS = 3;
const TOKEN = "0f8fad5b-d9cb-469f-a165-70867728950e.0.12345";
const RECORD = crypto.getRandomValues(new Uint8Array(180));

const CLI = new URL("../cli.ts", import.meta.url).pathname;
const NOOP = new URL("./noop.ts", import.meta.url).pathname;

/** A backend to measure. */
interface Candidate {
  readonly name: string;
  /** Returns the address of a new jugdir in `folder`. `round` is unique. */
  address(folder: string, round: number): string;
  /** Claims and completes all tasks of `hashes` through the bare client. */
  raw(folder: string, hashes: readonly string[]): Promise<void> | void;
}

function newHashes(): string[] {
  return Array.from(
    { length: TASKS },
    () => crypto.randomUUID().replaceAll("-", "") + crypto.randomUUID().slice(0, 8),
  );
}

function* batchesOf(hashes: readonly string[], size: number): Generator<readonly string[]> {
  for (let start = 0; start < hashes.length; start += size) yield hashes.slice(start, start + size);
}

const file: Candidate = {
  name: "file",
  address: (folder) => `${folder}/jugdata`,
  raw(folder, hashes) {
    const token = new TextEncoder().encode(TOKEN);
    for (const name of ["locks", "tmp"]) Deno.mkdirSync(`${folder}/raw/${name}`, { recursive: true });
    for (let i = 0; i < 256; i++) {
      Deno.mkdirSync(`${folder}/raw/results/${i.toString(16).padStart(2, "0")}`, { recursive: true });
    }
    for (const hash of hashes) {
      const [lock, draft] = [`${folder}/raw/locks/${hash}`, `${folder}/raw/tmp/${hash}`];
      Deno.writeFileSync(lock, token, { createNew: true });
      Deno.writeFileSync(draft, RECORD, { createNew: true });
      Deno.linkSync(draft, `${folder}/raw/results/${hash.slice(0, 2)}/${hash.slice(2)}`);
      Deno.removeSync(draft);
      Deno.removeSync(lock);
    }
  },
};

const sqlite: Candidate = {
  name: "sqlite",
  address: (folder) => `sqlite:${folder}/jug.db`,
  raw(folder, hashes) {
    const db = new DatabaseSync(`${folder}/raw.db`);
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    db.exec(
      "CREATE TABLE results (hash TEXT PRIMARY KEY, bytes BLOB); CREATE TABLE locks (hash TEXT PRIMARY KEY, token)",
    );
    const claim = db.prepare("INSERT OR IGNORE INTO locks VALUES (?, ?)");
    const store = db.prepare("INSERT OR IGNORE INTO results VALUES (?, ?)");
    const release = db.prepare("DELETE FROM locks WHERE hash = ? AND token = ?");
    for (const batch of batchesOf(hashes, 64)) {
      db.exec("BEGIN IMMEDIATE");
      for (const hash of batch) claim.run(hash, TOKEN);
      db.exec("COMMIT; BEGIN IMMEDIATE");
      for (const hash of batch) {
        store.run(hash, RECORD);
        release.run(hash, TOKEN);
      }
      db.exec("COMMIT");
    }
    db.close();
  },
};

const memory: Candidate = {
  name: "memory",
  address: () => "memory:",
  async raw(_folder, hashes) {
    // The store is in another thread, so the cost is that of messages.
    const code = `const locks = new Map(), results = new Map();
      onmessage = ({ data: { claims, results: found } }) => {
        for (const hash of claims ?? []) locks.set(hash, "");
        for (const [hash, bytes] of found ?? []) { results.set(hash, bytes); locks.delete(hash); }
        postMessage(0);
      };`;
    const thread = new Worker(`data:text/javascript,${encodeURIComponent(code)}`, { type: "module" });
    const ask = (question: unknown) =>
      new Promise((resolve) => {
        thread.onmessage = resolve;
        thread.postMessage(question);
      });
    for (const batch of batchesOf(hashes, 32)) {
      await ask({ claims: batch });
      await ask({ results: batch.map((hash) => [hash, RECORD]) });
    }
    thread.terminate();
  },
};

async function withRedis(use: (redis: Candidate) => Promise<void>): Promise<void> {
  await using server = await startRedis();
  await use({
    name: "redis",
    address: (_folder, round) => `${server.address}?prefix=round${round}`,
    async raw(_folder, hashes) {
      const client = createClient({ url: server.address, disableClientInfo: true });
      await client.connect();
      for (const batch of batchesOf(hashes, 64)) {
        await Promise.all(batch.map((hash) => client.set(`raw:lock:${hash}`, TOKEN, { NX: true, PX: 30_000 })));
        const record = String.fromCharCode(...RECORD);
        await Promise.all(batch.flatMap((hash) => [
          client.set(`raw:result:${hash}`, record, { NX: true }),
          client.del(`raw:lock:${hash}`),
        ]));
      }
      client.destroy();
    },
  });
}

/** Runs jug and returns the milliseconds from start to exit. */
function execute(address: string, tasks: number, workers: number): number {
  const words = ["execute", NOOP, String(tasks), "--jugdir", address, "--workers", String(workers)];
  const start = performance.now();
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", CLI, ...words, "--verbose", "quiet"],
    stdout: "null",
    stderr: "piped",
  });
  const { success, stderr } = command.outputSync();
  if (!success) throw new Error(`jug ${words.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

const base = Deno.args[0] ?? (existsSync("/dev/shm") ? "/dev/shm" : Deno.makeTempDirSync());
let rounds = 0;

async function measure(candidate: Candidate): Promise<void> {
  const times: { raw: number; one: number; two: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const folder = Deno.makeTempDirSync({ dir: base, prefix: "jug-bench-" });
    try {
      const hashes = newHashes();
      const start = performance.now();
      await candidate.raw(folder, hashes);
      const raw = performance.now() - start;
      const run = (workers: number) => {
        const at = `${folder}/${workers}`;
        Deno.mkdirSync(at);
        // Subtract the start time of the process: a run without tasks.
        const empty = execute(candidate.address(at, rounds++), 0, workers);
        Deno.removeSync(at, { recursive: true });
        Deno.mkdirSync(at);
        return execute(candidate.address(at, rounds++), TASKS, workers) - empty;
      };
      times.push({ raw, one: run(1), two: run(2) });
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  }
  const middle = (pick: (time: { raw: number; one: number; two: number }) => number) => median(times.map(pick));
  const cell = (ms: number) => (ms / TASKS * 1000).toFixed(1).padStart(8);
  const ratio = (pick: (time: { raw: number; one: number; two: number }) => number) =>
    `(${middle((time) => pick(time) / time.raw).toFixed(2)})`.padStart(9);
  const { name } = candidate;
  const [one, two] = [(time: { one: number }) => time.one, (time: { two: number }) => time.two];
  console.log(
    `${name.padEnd(10)}${cell(middle(({ raw }) => raw))}     ${cell(middle(one))}${ratio(one)}  ${cell(middle(two))}${
      ratio(two)
    }`,
  );
}

console.log(
  `${TASKS} tasks that do nothing; µs a task (times the bare client); files in ${base}; medians of ${ROUNDS}`,
);
console.log("backend   bare client     execute, 1 worker       2 workers");
for (const candidate of [file, sqlite, memory]) await measure(candidate);
if (hasRedis) await withRedis(measure);
else console.log("redis     left out: there is no redis-server here");
