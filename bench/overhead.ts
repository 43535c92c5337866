/**
 * Measures jug's overhead per task: `execute`, a re-run and `status` as whole processes, compared with the file
 * operations that any such program must do. All are measured in one run, so the ratios can be compared between
 * machines.
 *
 * ```sh
 * deno task bench [FOLDER]     # a folder on the disk to measure; default: /dev/shm (memory) if it exists
 * ```
 *
 * @module
 */
import { existsSync } from "node:fs";

const TASKS = 10_000;
const ROUNDS = 5;
const LOADED_TASKS = 100_000;

const CLI = new URL("../cli.ts", import.meta.url).pathname;
const NOOP = new URL("./noop.ts", import.meta.url).pathname;

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** Runs jug and returns the milliseconds from start to exit. */
function jug(args: readonly string[]): number {
  const start = performance.now();
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", CLI, ...args],
    stdout: "null",
    stderr: "piped",
  });
  const { success, stderr } = command.outputSync();
  if (!success) throw new Error(`jug ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return performance.now() - start;
}

/**
 * Does the file operations that a lock and a first-one-wins result need: create the lock with O_EXCL and write a token
 * to it, check whether a result exists, write a temporary file, link it to its name, remove the temporary file and the
 * lock. Returns the milliseconds.
 */
function rawOperations(folder: string): number {
  const token = new TextEncoder().encode("0f8fad5b-d9cb-469f-a165-70867728950e.0.12345");
  const record = crypto.getRandomValues(new Uint8Array(180));
  for (const name of ["locks", "results", "tmp"]) Deno.mkdirSync(`${folder}/${name}`, { recursive: true });
  const names = Array.from({ length: TASKS }, () => crypto.randomUUID());
  for (let i = 0; i < 256; i++) Deno.mkdirSync(`${folder}/results/${i.toString(16).padStart(2, "0")}`);
  const start = performance.now();
  for (const name of names) {
    const lock = `${folder}/locks/${name}`;
    const draft = `${folder}/tmp/${name}`;
    const result = `${folder}/results/${name.slice(0, 2)}/${name.slice(2)}`;
    Deno.writeFileSync(lock, token, { createNew: true });
    if (existsSync(result)) continue;
    Deno.writeFileSync(draft, record, { createNew: true });
    Deno.linkSync(draft, result);
    Deno.removeSync(draft);
    Deno.removeSync(lock);
  }
  return performance.now() - start;
}

interface Round {
  readonly raw: number;
  /** `execute` without tasks: the time to start. */
  readonly start: number;
  readonly execute: number;
  readonly rerun: number;
  readonly status: number;
}

function round(base: string): Round {
  const folder = Deno.makeTempDirSync({ dir: base, prefix: "jug-bench-" });
  try {
    const raw = rawOperations(`${folder}/raw`);
    const args = [NOOP, String(TASKS), "--jugdir", `${folder}/jugdata`, "--verbose", "quiet"];
    const empty = [NOOP, "0", "--jugdir", `${folder}/empty`, "--verbose", "quiet"];
    return {
      raw,
      start: jug(["execute", ...empty]),
      execute: jug(["execute", ...args]),
      rerun: jug(["execute", ...args]),
      status: jug(["status", ...args]),
    };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Returns the time in milliseconds and the memory in bytes to load a jugfile of many tasks in one thread. */
async function measureLoad(): Promise<{ ms: number; bytes: number }> {
  const { createSession } = await import("../core/session/session.ts");
  const { loadJugfile } = await import("../engine/load/load.ts");
  const { Graph } = await import("../engine/graph/graph.ts");
  const session = createSession({ args: [String(LOADED_TASKS)], isJugRunning: true });
  const graph = new Graph({ isWanted: () => true, start: 0 });
  session.onDeclare = (task) => graph.add(task);
  const before = Deno.memoryUsage().heapUsed;
  const start = performance.now();
  const outcome = await loadJugfile(session, NOOP).settled;
  const ms = performance.now() - start;
  if (outcome.kind === "failed") throw outcome.error;
  return { ms, bytes: Deno.memoryUsage().heapUsed - before };
}

function defaultFolder(): string {
  try {
    if (Deno.statSync("/dev/shm").isDirectory) return "/dev/shm";
  } catch {
    // Not Linux: use the system's temporary folder.
  }
  return Deno.makeTempDirSync();
}

const base = Deno.args[0] ?? defaultFolder();
const rounds = Array.from({ length: ROUNDS }, () => round(base));
const middle = (pick: (round: Round) => number) => median(rounds.map(pick));
const times = (ms: (round: Round) => number) => `${middle((r) => ms(r) / r.raw).toFixed(2)} times the raw operations`;
const show = (label: string, pick: (round: Round) => number, note = "") =>
  console.log(`${label.padEnd(32)}${(middle(pick) / TASKS * 1000).toFixed(1).padStart(8)} µs a task   ${note}`);

console.log(`${TASKS} tasks that do nothing, in ${base}; medians of ${ROUNDS} rounds`);
show("raw file operations", (r) => r.raw);
show("execute, 1 worker", (r) => r.execute - r.start, times((r) => r.execute - r.start));
show("  with the start of the process", (r) => r.execute, times((r) => r.execute));
show("execute again, with the start", (r) => r.rerun);
show("status, with the start", (r) => r.status);
console.log(`starting execute: ${middle((r) => r.start).toFixed(0)} ms`);
const load = await measureLoad();
console.log(
  `loading ${LOADED_TASKS} tasks in one thread: ${load.ms.toFixed(0)} ms, ${(load.bytes / 2 ** 20).toFixed(0)} MiB`,
);
