/**
 * The counts of `jug status` as one line, and as JSON.
 *
 * @module
 */
import type { StateTotals, TaskState } from "../../engine/inspect/task_state.ts";
import type { Inspection } from "../cli/inspection.ts";

/** What `jug status` prints. */
export type Shape = "table" | "short" | "json";

/** Returns the line of `jug status --short`. */
export function shortLine(total: StateTotals): string {
  const part = (state: TaskState) => `${total[state]} ${state}`;
  const failed = total.failed > 0 ? `, ${part("failed")}` : "";
  return `${part("finished")}, ${part("running")}, ${part("ready")}, ${part("waiting")}${failed}`;
}

/** Returns what `jug status --json` prints. */
export function jsonStatus(
  names: readonly (StateTotals & { readonly name: string })[],
  total: StateTotals,
  { backend, barrier }: Pick<Inspection, "backend" | "barrier">,
) {
  return {
    jugdir: backend.address,
    tasks: names.map((counts) => ({ name: counts.name, ...jsonCounts(counts) })),
    total: jsonCounts(total),
    /** `null` if every task of the jugfile is known. */
    barrier: barrier ?? null,
  };
}

/** Returns the counts in the order of the JSON. */
function jsonCounts({ waiting, ready, finished, running, failed }: StateTotals): StateTotals {
  return { waiting, ready, finished, running, failed };
}
