/**
 * Removes the results and failures of tasks.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import type { InspectedTask } from "../../engine/inspect/inspect.ts";
import { readProgress } from "../../engine/inspect/task_state.ts";

/** What was removed. */
export interface Removed {
  /** The tasks whose results were removed. */
  readonly results: ReadonlySet<Hash>;
  /** How many failures were removed. */
  readonly failures: number;
  /** How many of the tasks are running now, with values that they read before. */
  readonly running: number;
}

/** Removes the results and failures of these tasks, which come after their dependencies. */
export async function removeResults(backend: Backend, invalid: readonly InspectedTask[]): Promise<Removed> {
  // Dependencies come first, so that no worker recomputes a dependent from an old result in the meantime.
  const hashes = invalid.map((task) => task.hash);
  const results = await backend.remove(hashes);
  const failures = await backend.removeFailures(hashes);
  const { running } = await readProgress(backend, invalid);
  return { results, failures, running: hashes.filter((hash) => running.has(hash)).length };
}

/** Says that running tasks were invalidated; `undefined` if there are none. */
export function stillRunningText({ running }: Removed): string | undefined {
  if (running === 0) return undefined;
  return `${running} of these tasks ${running === 1 ? "is" : "are"} running now, with values that they read before: ` +
    "invalidate again when they have ended";
}
