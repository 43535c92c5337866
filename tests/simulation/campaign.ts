/**
 * The simulator of the file backend. It runs the real code of backends/file/ over a simulated network file system,
 * under one seeded scheduler. `deno run -A tests/simulation/campaign.ts [FIRST] [COUNT]` runs many seeds, replay.ts
 * runs one.
 *
 * **How it works.** A seed determines a plan (run/scenarios.ts): hosts and their clocks, how the folder is mounted,
 * processes, tasks, and events. Each thread of a simulated process is a real thread (threads/). The threads are started
 * once and serve all seeds. A thread blocks in `Atomics.wait` at every operation of `FileSystem` and at every timer.
 * The scheduler (run/simulation.ts) lets one thread continue at a time, so a seed replays exactly. Reading a clock does
 * not block: time passes only with operations and pauses. A process has a keeper, which joins, renews and leaves, and
 * workers, which claim. Each of them is a claimant with a backend of its own, as in a real process, so a renewal may
 * come between any two calls of a worker. All further calls of a killed process are refused, also those in `finally`
 * blocks.
 *
 * **What is modelled** (file_system/):
 * - A host remembers names, absences and attributes for 30 to 60 s of simulated time (or 600), unless it opens the
 *   folder.
 * - A name keeps meaning a replaced file as long as that file lives through another link or an open file.
 * - Opening a file makes the file's data fresh, not what its name means.
 * - The server decides exclusive creation, link, rename and mkdir. A refusal, and a change by the host itself, make the
 *   names of the folder fresh.
 * - A rename moves what the host believed to the new name.
 * - A removed file that is open is renamed instead ("silly rename").
 * - Unsynced data stays on its host for up to 30 s, appends of two hosts may overlap, and a power cut loses what was
 *   not sent.
 * - Flocks are kept by the server or (v3, local_lock) by the host.
 * - A v4 server drops a host after 90 s, by itself or when another host asks. Files that the host held with a flock
 *   then fail forever.
 * - v3 detects changes by times in steps of 4, 10 or 30 ms.
 * - Or the folder is local, and all processes see the true state.
 * - Events: kill, stop, a frozen host (with its clock frozen or running), a host that cannot reach the server, a power
 *   cut, clocks with other rates and wrong dates, calls that fail with ENOSPC, EIO, ESTALE, EACCES.
 *
 * **Sources of the facts**: manual checks on real kernels (Linux 6.1, v3 and v4.2, and the rig in tests/nfs/), and the
 * kernel's source. file_system_test.ts has one test for each.
 *
 * **What is not modelled**: the effect of a power cut on a local disk; a restart of the server; `nocto` (jug refuses
 * it); files of which single pages are fresh and others are not; delegations; removed or renamed folders; file systems
 * without hard links; two hosts with the same name.
 *
 * **What is checked** (check/):
 * - The first result stays and is complete. Only one claimant is told that its result was the first.
 * - A task is claimed only while it has no result and no living process holds it.
 * - No lock of a living owner is taken. Living means that its heartbeat moved within each lease of the observer's
 *   clock.
 * - Each process that is able to run renews its lease.
 * - No call fails except those that the plan makes fail.
 * - Removed results do not come back, and no segment is merged twice.
 * - All processes end, and nothing is left behind.
 *
 * Exceptions are allowed for an owner whose own calls failed, and for the cases that docs/file-backend.md lists under
 * "What remains".
 *
 * @module
 */
import { REAL_MODULE } from "./code_copy.ts";
import { type Pool, startPool } from "./run/pool.ts";
import { planOf } from "./run/scenarios.ts";
import { simulate } from "./run/simulation.ts";
import { NO_TRACE } from "./run/trace.ts";

/** What a campaign runs. */
export interface CampaignOptions {
  readonly pool: Pool;
  readonly module: string;
  readonly first: number;
  readonly count: number;
  /** The campaign ends after this many failing seeds. */
  readonly maxFailures: number;
}

/** A seed that failed. */
export interface FailingSeed {
  readonly seed: number;
  readonly problem: string;
}

/** The outcome of a campaign. */
export interface CampaignOutcome {
  readonly failing: readonly FailingSeed[];
  readonly seeds: number;
  readonly operations: number;
}

/** Runs `count` seeds, starting with `first`. */
export function runSeeds({ pool, module, first, count, maxFailures }: CampaignOptions): CampaignOutcome {
  const failing: FailingSeed[] = [];
  let operations = 0;
  let seed = first;
  for (; seed < first + count && failing.length < maxFailures; seed++) {
    const outcome = simulate(planOf(seed), { module, threads: pool.threads, trace: NO_TRACE });
    operations += outcome.operations;
    if (outcome.problem !== undefined) failing.push({ seed, problem: outcome.problem });
  }
  return { failing, seeds: seed - first, operations };
}

/** Returns the text printed for a failing seed. */
export function describeFailure({ seed, problem }: FailingSeed): string {
  return `seed ${seed} (${planOf(seed).scenario}): ${problem}\n` +
    `  deno run -A tests/simulation/replay.ts ${seed} --trace`;
}

async function main([first = 1, count = 1000]: readonly number[]): Promise<void> {
  const start = performance.now();
  using pool = await startPool();
  let failures = 0;
  let operations = 0;
  for (let seed = first; seed < first + count; seed += 100) {
    const size = Math.min(100, first + count - seed);
    const outcome = runSeeds({ pool, module: REAL_MODULE, first: seed, count: size, maxFailures: Infinity });
    operations += outcome.operations;
    failures += outcome.failing.length;
    for (const failing of outcome.failing) console.log(describeFailure(failing));
  }
  const seconds = (performance.now() - start) / 1000;
  const rate = `${(count / seconds).toFixed(1)} a second, ${Math.round(operations / count)} operations each`;
  console.log(`${count} seeds in ${seconds.toFixed(0)} s, ${rate}: ${failures} failed`);
}

if (import.meta.main) {
  await main(Deno.args.map(Number));
  Deno.exit(0);
}
