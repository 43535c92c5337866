/**
 * Counts what a run did, by the names of tasks.
 *
 * @module
 */
import type { ExecutionTally } from "../../core/session/hooks.ts";
import type { RunSums, WorkerEnd } from "../messages/messages.ts";

/** Adds what a worker reported to `sums`. */
export function addSums(sums: Map<string, RunSums>, more: ReadonlyMap<string, RunSums>): void {
  for (const [name, { count, ms, longestMs }] of more) {
    const known = sums.get(name) ?? NOTHING;
    sums.set(name, {
      count: known.count + count,
      ms: known.ms + ms,
      longestMs: Math.max(known.longestMs, longestMs),
    });
  }
}

const NOTHING: RunSums = { count: 0, ms: 0, longestMs: 0 };

/**
 * Returns the tally of a run.
 *
 * @param ran What this process ran, by name.
 * @param end The last worker's account: its finished tasks include those that other processes ran.
 */
export function tallyOf(ran: ReadonlyMap<string, RunSums>, end: WorkerEnd | undefined): ExecutionTally {
  const finished = new Map(Object.entries(end?.finishedByName ?? {}));
  const names = new Set([...finished.keys(), ...ran.keys()]);
  return {
    tasks: [...names].map((name) => {
      const { count, ms, longestMs } = ran.get(name) ?? NOTHING;
      return { name, executed: count, loaded: Math.max(0, (finished.get(name) ?? 0) - count), ms, longestMs };
    }),
  };
}
