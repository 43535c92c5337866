/**
 * The view of an inspected jugfile that commands get: it is loaded, but its tasks are not run.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import type { Place } from "../../core/caller.ts";
import type { Barrier } from "../../core/session/barrier_keeper.ts";
import type { DeclaredTask, Session } from "../../core/session/session.ts";
import type { InspectedTask, ResultChanges } from "../../engine/inspect/inspect.ts";
import type { ReachedBarrier } from "../../engine/inspect/reached_barriers.ts";
import type { ExportsSoFar } from "../../engine/load/namespace.ts";
import type { SourceReader } from "../../engine/sources/source_reader.ts";

/** Options of an inspection. */
export interface InspectOptions {
  /**
   * Whether neither tasks are run nor damaged results removed. A jugfile that runs a task while it loads is then loaded
   * only as far as that call. Default: false.
   */
  readonly changesNothing?: boolean;
  /** Writes a text about what the inspection met, as whole lines. Default: writes it to stderr. */
  readonly write?: (text: string) => void;
}

/** A jugfile that is loaded up to its first unmet barrier. */
export interface Inspection {
  /** All tasks declared so far, dependencies first. */
  readonly tasks: readonly InspectedTask[];
  /** The session of the jugfile, which knows the functions and arguments of the tasks, and which results are damaged. */
  readonly session: Session;
  /** All barriers that the jugfile has reached, in this order. */
  readonly barriers: Iterable<ReachedBarrier>;
  /** Those of them that are not met. */
  readonly unmetBarriers: readonly Barrier[];
  /** The first unmet barrier, if any: the jugfile may declare more tasks after it. */
  readonly barrier: Place | undefined;
  /** The task that would have to run before the jugfile is loaded further, if the inspection may change nothing. */
  readonly awaited?: DeclaredTask | undefined;
  /** The exports above the unmet barrier, or all exports if the jugfile is loaded completely. */
  readonly exportsSoFar: ExportsSoFar;
  readonly backend: Backend;
  /** Returns the name and the arguments of a task, `undefined` if it is not declared so far. */
  declared(hash: Hash): { readonly name: string; readonly args: readonly unknown[] } | undefined;
  /** Reads the modules that the jugfile was loaded with. Missing if the inspection loaded none. */
  readonly sources?: SourceReader;
  /**
   * Returns one sentence for each task name with results that an earlier version of its function computed. Missing if
   * this cannot be determined.
   */
  changedCode?(finished: ReadonlySet<Hash>): Promise<readonly string[]>;
  /** Waits until the barrier opens and the jugfile reaches the next one or its end. Returns `false` if aborted. */
  advance(signal: AbortSignal): Promise<boolean>;
  /**
   * Takes note of results from somebody who follows them anyway. If that opens a barrier, loads the jugfile as far as
   * the next one or its end, and returns a promise of that.
   */
  advanceBy(changes: ResultChanges): Promise<void> | undefined;
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
