/**
 * What the commands see of a jugfile that is looked at and not run.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import type { ExportsSoFar } from "../../engine/load/namespace.ts";

/** A task as commands see it. */
export interface InspectedTask {
  readonly hash: Hash;
  readonly name: string;
  /** The tasks whose results it needs. */
  readonly dependencies: readonly Hash[];
}

/** A place in the jugfile. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
}

/** A jugfile, loaded as far as its first unmet barrier. */
export interface Inspection {
  /** Every task that is declared so far, dependencies first. */
  readonly tasks: readonly InspectedTask[];
  /** The barrier that is not met, if any: more tasks may follow it. */
  readonly barrier: SourcePlace | undefined;
  /** What the module exports above the unmet barrier; all that it exports once it is loaded. */
  readonly exportsSoFar: ExportsSoFar;
  readonly backend: Backend;
  /** Results that an earlier version of a function computed, a sentence for each name; missing where nobody can tell. */
  changedCode?(finished: ReadonlySet<Hash>): Promise<readonly string[]>;
  /** Waits until the unmet barrier is met and the jugfile went on to the next one or its end; `false` if aborted. */
  advance(signal: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Refuses a jugfile that declares no tasks, which is not what anybody wants.
 *
 * @throws {JugError} of kind "usage".
 */
export async function requireTasks(
  { jugfile }: { readonly jugfile: string },
  { tasks, barrier }: Pick<Inspection, "tasks" | "barrier">,
): Promise<void> {
  if (tasks.length > 0 || barrier !== undefined) return;
  throw (await import("../../core/remedy/no_match.ts")).noTasksError(jugfile);
}

/** The sentence that says that tasks may be missing, or `undefined` where none can be. */
export function barrierNotice(inspection: Pick<Inspection, "barrier">): string | undefined {
  const { barrier } = inspection;
  return barrier && `more tasks may follow the barrier at ${barrier.file}:${barrier.line}`;
}
