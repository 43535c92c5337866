/**
 * The view of an inspected jugfile that commands get: it is loaded, but its tasks are not run.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import type { Place } from "../../core/caller.ts";
import type { Declarations, InspectedTask } from "../../engine/inspect/inspect.ts";
import type { ExportsSoFar } from "../../engine/load/namespace.ts";

/** A jugfile that is loaded up to its first unmet barrier. */
export interface Inspection {
  /** All tasks declared so far, dependencies first. */
  readonly tasks: readonly InspectedTask[];
  /** The tasks as they were declared. Missing if only their names and hashes are known. */
  readonly declarations?: Declarations;
  /** The first unmet barrier, if any: the jugfile may declare more tasks after it. */
  readonly barrier: Place | undefined;
  /** The exports above the unmet barrier, or all exports if the jugfile is loaded completely. */
  readonly exportsSoFar: ExportsSoFar;
  readonly backend: Backend;
  /**
   * Returns one sentence for each task name with results that an earlier version of its function computed. Missing if
   * this cannot be determined.
   */
  changedCode?(finished: ReadonlySet<Hash>): Promise<readonly string[]>;
  /** Waits until the barrier opens and the jugfile reaches the next one or its end. Returns `false` if aborted. */
  advance(signal: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Refuses a jugfile that declares no tasks, which is most likely a mistake.
 *
 * @throws {JugError} of kind "usage" if there are no tasks and no unmet barrier.
 */
export async function requireTasks(
  { jugfile }: { readonly jugfile: string },
  { tasks, barrier }: Pick<Inspection, "tasks" | "barrier">,
): Promise<void> {
  if (tasks.length > 0 || barrier !== undefined) return;
  throw (await import("../../core/remedy/no_match.ts")).noTasksError(jugfile);
}

/** Returns a notice that more tasks may follow the unmet barrier; `undefined` if there is no such barrier. */
export function barrierNotice(inspection: Pick<Inspection, "barrier">): string | undefined {
  const { barrier } = inspection;
  return barrier && `more tasks may follow the barrier at ${barrier.file}:${barrier.line}`;
}
