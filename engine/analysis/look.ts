/**
 * Lists from a jugdir what every analysis begins with: the runs, and who runs what now.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import { type Holder, listHolders } from "./holders.ts";
import { type CollectOptions, collectRuns, type RunColumns } from "./run_columns.ts";
import { listRuns } from "./runs.ts";

/** What a jugdir says of runs. */
export interface JugdirRuns {
  readonly columns: RunColumns;
  /** The tasks that workers hold. */
  readonly holders: readonly Holder[];
}

/**
 * Lists the runs and the holders. A task that ends meanwhile is listed as a run, a holder, or both, but is not left out.
 *
 * @param now Returns the time, in milliseconds since 1970
 */
export async function lookAtRuns(
  backend: Backend,
  now: () => number,
  options: CollectOptions = {},
): Promise<JugdirRuns> {
  const holders = await listHolders(backend);
  const columns = await collectRuns(listRuns(backend), holders, now(), options);
  return { columns, holders };
}
