/**
 * What a run is asked for, and its account.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import type { ExecutionTally } from "../../core/session/hooks.ts";
import type { Isolation } from "../isolate/process.ts";
import type { StopReason, WorkerEnd, WorkerOptions } from "../messages/messages.ts";
import type { ErrorReport, TaskFailure } from "../store/error_report.ts";
import type { RunProgress } from "../progress/progress.ts";

/** What is to be run, and how. */
export interface RunRequest {
  readonly jugfile: string;
  readonly address: string;
  readonly args: readonly string[];
  /** How many workers. */
  readonly workers: number;
  /** Set where each worker is a process of its own. Default: they are threads of this one. */
  readonly isolation?: Isolation | undefined;
  readonly leaseMs: number;
  /** The most tasks to run; unbounded where it is missing. */
  readonly maxTasks: number | undefined;
  readonly options: Omit<WorkerOptions, "taskBudget" | "workers" | "tellsAll">;
  /** Opened already; the run closes it. Default: what `address` names. */
  readonly backend?: Backend;
  /** Ends the run as a signal of the system would, and the system's own are left to the caller. Default: they are heard. */
  readonly signal?: AbortSignal;
  /** Called when the workers are over, between the hooks of the run's end. */
  readonly onOver: (summary: RunSummary) => void | Promise<void>;
  /** Says a line of what goes on. */
  readonly say: (line: string) => void;
  /** Shows how far the run is, several times a second. Default: lines are said every two seconds. */
  readonly watch?: ((progress: RunProgress) => void) | undefined;
  /** Shows what a task printed, or where `task` is missing the jugfile at top level. */
  readonly output: (stream: "stdout" | "stderr", text: string, task: string | undefined) => void;
  /** Says a line that must be seen even when quiet. */
  readonly warn: (line: string) => void;
}

/** What came of a run. */
export interface RunSummary {
  /** What was run and what was found, by the names of tasks. */
  readonly tally: ExecutionTally;
  readonly failures: readonly TaskFailure[];
  /** The account of the worker that ended last; `undefined` where none ended by itself. */
  readonly end: WorkerEnd | undefined;
  readonly stop: StopReason | undefined;
  /** The jugfile could not be loaded. */
  readonly loadError: ErrorReport | undefined;
  /** A worker could not go on. */
  readonly broken: { readonly error: ErrorReport; readonly isFault: boolean } | undefined;
  /** The jugfile or a task called Deno.exit. */
  readonly exitCalled: string | undefined;
}
