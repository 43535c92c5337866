/**
 * Counts what a run did, by the names of tasks.
 *
 * @module
 */
import type { ExecutionTally } from "../../core/session/hooks.ts";
import type { WorkerEnd } from "../messages/messages.ts";

/** Adds `more` to `counts`. */
export function addCounts(counts: Map<string, number>, more: ReadonlyMap<string, number>): void {
  for (const [name, count] of more) counts.set(name, (counts.get(name) ?? 0) + count);
}

/**
 * Returns the tally of a run.
 *
 * @param executed How many tasks this process ran, by name.
 * @param ms How long they took, by name, in milliseconds.
 * @param end The last worker's account: its finished tasks include those that other processes ran.
 */
export function tallyOf(
  executed: ReadonlyMap<string, number>,
  ms: ReadonlyMap<string, number>,
  end: WorkerEnd | undefined,
): ExecutionTally {
  const finished = new Map(Object.entries(end?.finishedByName ?? {}));
  const names = new Set([...finished.keys(), ...executed.keys()]);
  return {
    tasks: [...names].map((name) => {
      const ran = executed.get(name) ?? 0;
      return { name, executed: ran, loaded: Math.max(0, (finished.get(name) ?? 0) - ran), ms: ms.get(name) ?? 0 };
    }),
  };
}
