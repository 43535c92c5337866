import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import type { Guests } from "./guests.ts";
import { traceRepetitions } from "./incidents.ts";
import { type JugCall, jugScript, listLeftovers } from "./jug.ts";
import { type MountName, mountOnHosts } from "./mounts.ts";
import { readRuns, runsByTask } from "./runs.ts";
import { openSuite, report } from "./suite.ts";
import { until } from "./waiting.ts";

const PAIRS = 8;
/** The duration of the first task, and how much longer each next one takes, in milliseconds. */
const FIRST_MS = 5_000;
const STEP_MS = 3_000;
/** The limit for the median of the waiting times, and for the longest. */
const MEDIAN_MS = 1_000;
const LONGEST_MS = 5_000;

const suite = await openSuite();

for (const mount of ["v4.2", "v3"] as const) {
  suite.check(
    `a task begins within a second after its dependency ended on the other host, NFS ${mount}`,
    "full",
    (guests) => measureWakeUp(guests, mount),
  );
}

/** Returns when a file was written, by the clock of this machine, in milliseconds since 1970. */
function timeOf(path: string): number {
  const { mtime } = Deno.statSync(path);
  assert(mtime !== null);
  return mtime.getTime();
}

/** Host a runs all dependencies at once and nothing else; b waits for them. */
async function measureWakeUp(guests: Guests, mount: MountName): Promise<void> {
  const { folder, options } = await mountOnHosts(guests, mount);
  const id = crypto.randomUUID().slice(0, 8);
  const notes = `${guests.shared.here}/notes-${id}`;
  Deno.mkdirSync(notes);
  const call: JugCall = {
    command: "execute",
    jugfile: "pairs",
    jugdir: `${folder}/${id}`,
    args: [PAIRS, FIRST_MS, STEP_MS, `${guests.shared.inGuest}/notes-${id}`],
  };
  const producer = jugScript({ ...call, env: `JUG_MAX_TASKS=${PAIRS}`, options: `--concurrency ${PAIRS}` });
  const a = await guests.start("a", producer);
  await until("a has begun all it is to run", () => readRuns(notes).length === PAIRS);
  const b = await guests.start("b", jugScript(call));
  // A process may take long to start in a guest, and b must be waiting when the first dependency ends.
  await until("b has loaded the jugfile", () => existsSync(`${notes}/loaded.b`));
  Deno.writeTextFileSync(`${notes}/go`, "");
  for (const { status, output } of await Promise.all([a.end, b.end])) assert.equal(status, 0, output);

  const runs = readRuns(notes);
  const tasks = runsByTask(runs);
  const waits: number[] = [];
  for (let i = 0; i < PAIRS; i++) {
    const [produced] = tasks.get(`produce.${i}`) ?? [];
    const [consumed] = tasks.get(`consume.${i}`) ?? [];
    assert(produced?.end !== undefined && consumed !== undefined, `pair ${i} ran`);
    assert.deepEqual([produced.host, consumed.host], ["a", "b"]);
    waits.push(timeOf(`${notes}/consume.${i}`) - timeOf(`${notes}/produce.${i}`));
  }
  const sorted = waits.toSorted((one, other) => one - other);
  const median = sorted[PAIRS / 2] ?? NaN;
  report(
    "wake-up",
    options,
    `${PAIRS} tasks`,
    `median ${median} ms`,
    `longest ${sorted.at(-1)} ms`,
    `all: ${waits.join(" ")} ms`,
  );
  assert.deepEqual(traceRepetitions(runs, [], []).unexplained, [], "tasks that ran more than once");
  assert(median < MEDIAN_MS, `the median wait was ${median} ms`);
  assert(sorted.every((ms) => ms < LONGEST_MS), `the longest wait was ${sorted.at(-1)} ms`);
  for (const [name, names] of await listLeftovers(guests, "b", call.jugdir)) {
    assert.deepEqual(names, [], `left in ${name}`);
  }
}
