/**
 * The options and the summary of a run.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import type { ExecutionTally } from "../../core/session/hooks.ts";
import type { Isolation } from "../isolate/process_transport.ts";
import type { StopReason, WorkerEnd, WorkerOptions } from "../messages/messages.ts";
import type { ErrorReport, TaskFailure } from "../results/error_report.ts";
import type { RunProgress } from "../progress/progress.ts";
import type { TraceCarrier } from "../telemetry/trace_context.ts";

/** The options of a run. */
export interface RunRequest {
  readonly jugfile: string;
  readonly address: string;
  readonly args: readonly string[];
  /** The number of workers. */
  readonly workers: number;
  /** Set if each worker is a process of its own. Default: they are threads of this process. */
  readonly isolation?: Isolation | undefined;
  readonly leaseMs: number;
  /** The trace that the run belongs to, if another program started it as a part of one. */
  readonly trace?: TraceCarrier | undefined;
  /** The command line options of this process, to be shown to others. */
  readonly optionText?: string | undefined;
  /** The most tasks to run; `undefined`: no limit. */
  readonly maxTasks: number | undefined;
  readonly options: Omit<WorkerOptions, "taskBudget" | "workers" | "tellsAll">;
  /** A backend that is already open; the run closes it. Default: the one that `address` names. */
  readonly backend?: Backend;
  /**
   * Ends the run as a signal of the system would; those signals are then left to the caller. Default: the run handles
   * them.
   */
  readonly signal?: AbortSignal;
  /**
   * How long running tasks may continue after a signal of this name (`SIGTERM`, or `abort` for `signal`) before they are
   * given up, in milliseconds. Default: a second.
   */
  readonly graceMs?: (signal: string) => number;
  /** Called with the open backend, before this process joins. */
  readonly onOpen?: (backend: Backend) => Promise<void>;
  /** Called when the workers have ended, between the two hooks of the run's end. */
  readonly onOver: (summary: RunSummary) => void | Promise<void>;
  /** Prints a line about what the run does. */
  readonly say: (line: string) => void;
  /** Shows the progress of the run, several times a second. Default: a line is printed every two seconds. */
  readonly watch?: ((progress: RunProgress) => void) | undefined;
  /** Shows what a task printed, or what the jugfile printed at top level (`task` is `undefined`). */
  readonly output: (stream: "stdout" | "stderr", text: string, task: string | undefined) => void;
  /** Prints a line that must be seen even with `--quiet`. */
  readonly warn: (line: string) => void;
}

/** The outcome of a run. */
export interface RunSummary {
  /** The tasks that were run or found finished, by name. */
  readonly tally: ExecutionTally;
  readonly failures: readonly TaskFailure[];
  /** The account of the worker that ended last; `undefined` if none ended by itself. */
  readonly end: WorkerEnd | undefined;
  readonly stop: StopReason | undefined;
  /** Set if the jugfile could not be loaded. */
  readonly loadError: ErrorReport | undefined;
  /** Set if a worker could not continue. */
  readonly broken: { readonly error: ErrorReport; readonly isFault: boolean } | undefined;
  /** Set if the jugfile or a task made a call that ends its thread, such as `Deno.exit()`. */
  readonly exitCalled: string | undefined;
}
