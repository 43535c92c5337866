/**
 * The simulator of the file backend: the real code of backends/file/ over a simulated network file system, under one seeded
 * scheduler. `deno run -A tests/simulation/campaign.ts [FIRST] [COUNT]` runs many seeds, replay.ts one of them.
 *
 * **How it works.** A seed decides a plan (run/scenarios.ts): hosts and their clocks, how the folder is mounted, processes,
 * tasks, and events. Each thread of a simulated process is a real thread (threads/), made once and used for all seeds. It
 * stops in `Atomics.wait` at every operation of `FileSystem` and at every timer, and the scheduler (run/simulation.ts) lets
 * one of them go on at a time, so that a seed replays exactly. Clocks are answered without a stop: time passes with operations
 * and pauses only. A process has a keeper, which joins, renews and leaves, and workers, which claim; each is a claimant of its
 * own with its own backend, as in a real process. So a renewal comes between any two calls of a worker. Who was killed is
 * refused every further call, in `finally` blocks too.
 *
 * **What is modelled** (file_system/). A host remembers names, absences and attributes for 30 to 60 s of simulated time (or 600)
 * unless it opens the folder; a name goes on meaning a replaced file as long as that lives through another link or an open
 * file; opening a file makes its own data fresh, not what its name means; exclusive creation, link, rename and mkdir are decided
 * by the server, and a refusal or a change of one's own makes the folder's names fresh; a rename takes along what the host
 * believed; an open file that is removed is renamed ("silly rename"); unsynced data stays on its host for up to 30 s, appends
 * of two hosts may meet, and a power cut loses what was not sent; flocks are the server's or (v3, local_lock) the host's; a v4
 * server gives up a host after 90 s, of its own or when somebody else asks, and the file held by a flock then fails for ever;
 * v3 tells changes by times in steps of 4, 10 or 30 ms. Or the folder is local, and everybody knows the truth. Events: kill, stop, a host
 * that stands still (its clock too, or not), a host that cannot reach the server, a power cut, clocks of other rates and wrong
 * dates, calls that fail with ENOSPC, EIO, ESTALE, EACCES.
 *
 * **Sources of the facts**: hand checks on real kernels (Linux 6.1, v3 and v4.2; ../shared/platform.md, "Network file systems",
 * and the rig in tests/nfs/), and the kernel's source. file_system_test.ts has one test for each.
 *
 * **What is not modelled**: what a power cut does to a local disk; a server that restarts; `nocto` (it is refused); single pages
 * of a file that are fresh beside others that are not; delegations; folders that are removed or renamed; file systems without
 * hard links; two hosts of one name.
 *
 * **What is checked** (check/): the first result stays and is whole; none is told twice that it was the first; a task is claimed
 * only while it has no result and nobody who lives holds it; no lock of a living owner is taken (living: its heartbeat moved
 * within each lease of the observer's clock); whoever can go on renews its lease; no call fails that was not told to; removed
 * results do not come back; everybody ends; nothing is left behind. Excused are an owner whose own calls failed, and the
 * remainders that docs/file-backend.md names.
 *
 * @module
 */
import { REAL_MODULE } from "./code_copy.ts";
import { type Pool, startPool } from "./run/pool.ts";
import { planOf } from "./run/scenarios.ts";
import { simulate } from "./run/simulation.ts";
import { NO_TRACE } from "./run/trace.ts";

/** What to run. */
export interface CampaignOptions {
  readonly pool: Pool;
  readonly module: string;
  readonly first: number;
  readonly count: number;
  /** Ends the campaign at so many failing seeds. */
  readonly maxFailures: number;
}

/** A seed that failed. */
export interface FailingSeed {
  readonly seed: number;
  readonly problem: string;
}

/** What came of it. */
export interface CampaignOutcome {
  readonly failing: readonly FailingSeed[];
  readonly seeds: number;
  readonly operations: number;
}

/** Runs `count` seeds. */
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

/** What is printed of a failing seed. */
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
