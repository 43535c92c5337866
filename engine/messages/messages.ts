/**
 * The messages between the coordinator and its workers.
 *
 * @module
 */
import type { Change, Lock, Owner } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import type { Place } from "../../core/caller.ts";
import type { HasBegun } from "../load/evaluation.ts";
import type { SharedBatch } from "../limits/shared_batch.ts";
import type { StopOptions } from "../limits/run_budget.ts";
import type { TimeFrame } from "../limits/time_left.ts";
import type { ResourcePool } from "../limits/resource_pool.ts";
import type { LinkSetup } from "./link_setup.ts";
import type { Lifeline } from "../threads/thread_end.ts";
import type { Question } from "../limits/shared_counters.ts";
import type { ExecutionTally, HookName } from "../../core/session/hooks.ts";
import type { UnfinishedTasks } from "../graph/unfinished.ts";
import type { NameCount } from "../graph/name_counts.ts";
import type { ErrorReport, TaskFailure } from "../results/error_report.ts";
import type { FailureLimit } from "../results/failures.ts";
import type { TelemetrySetup } from "../telemetry/telemetry.ts";

/** What a worker receives when it starts. */
export interface WorkerSetup {
  readonly jugfile: string;
  readonly address: string;
  readonly args: readonly string[];
  readonly owner: Owner;
  /** The worker's index, counted from 0. Only worker 0 shows what the top level of the jugfile prints. */
  readonly thread: number;
  /**
   * Whether the jugfile's output goes through the coordinator, which draws on the terminal or is in another process.
   */
  readonly isWatched: boolean;
  readonly options: WorkerOptions;
  /** How far it is with its batch. `undefined` for a worker in its own process: it claims tasks one by one. */
  readonly batch: SharedBatch | undefined;
  /** How to tell a collector what the worker does; `undefined` if nothing listens. */
  readonly telemetry?: TelemetrySetup | undefined;
  /** For a worker that replaces a lost one: tasks that failed in this run before it was started. */
  readonly failed?: readonly Hash[] | undefined;
}

/** The options of a worker. */
export interface WorkerOptions extends StopOptions, FailureLimit {
  readonly target: string | undefined;
  /** How many workers this process has. If there are others, they must be informed of what this one did. */
  readonly workers: number;
  /** How many asynchronous tasks may run at once. */
  readonly concurrency: number;
  /** The resource pool that the workers of the process share. `undefined` for a worker that is alone in its process. */
  readonly pool: ResourcePool | undefined;
  readonly keepFailed: boolean;
  /** No task begins that is not expected to end in this time. `undefined`: the time is not limited. */
  readonly timeFrame?: TimeFrame | undefined;
  /** The worker gives up after this many milliseconds without change, if other processes hold the remaining tasks. */
  readonly waitLimitMs: number;
  /** See `newTaskBudget`. All workers count it down before each task. */
  readonly taskBudget: Int32Array<SharedArrayBuffer> | undefined;
  /** Whether the worker reports the start of each task, since its process may die before it can report the end. */
  readonly tellsAll?: boolean | undefined;
  /** Whether results must be on the disk before they count. */
  readonly durable?: boolean | undefined;
  /** The maximum size of the encoded results that each worker keeps in memory, in bytes. */
  readonly cacheBytes?: number | undefined;
  /** Whether tasks are checked for changing their arguments. */
  readonly debug?: boolean | undefined;
  /** The port at which the worker waits for a debugger; 0 picks a free one. If set, time limits do not apply. */
  readonly inspectPort?: number | undefined;
}

/** A message from the coordinator to a worker. */
export type ToWorker =
  | Lifeline
  /** The first message to a worker in its own process: how it communicates with the coordinator. */
  | { readonly kind: "link"; readonly link: LinkSetup }
  | { readonly kind: "start"; readonly setup: WorkerSetup; readonly store: MessagePort | undefined }
  | { readonly kind: "news"; readonly changes: readonly Change[] }
  /**
   * Begin no further task, and send `ended` when the running ones have ended. After a signal, first send `draining`.
   */
  | { readonly kind: "stop"; readonly reason: StopReason }
  /** Give up these tasks, which cannot end before the process does. */
  | { readonly kind: "give-back"; readonly hashes: readonly Hash[] }
  /** Send `account`. Comes after all workers have ended, so that this worker has received all news. */
  | { readonly kind: "account" }
  /** Call the hooks for the end of the run, send `hooks-called`. */
  | { readonly kind: "call-hooks"; readonly name: FinishHookName; readonly tally: ExecutionTally };

/** The events at the end of a run. */
export type FinishHookName = Extract<HookName, `execute.finished_${string}`>;

/** Returns the line for the user about a task that was taken over. */
export function takenOverText({ label }: Extract<FromWorker, { kind: "taken-over" }>): string {
  return `took over ${label} from a dead process`;
}

/** Why a run stops early. */
export type StopReason =
  /** `until`: tasks that still run then are given up, in milliseconds since 1970 */
  | { readonly kind: "signal"; readonly signal: string; readonly until: number }
  | { readonly kind: "limit"; readonly text: string }
  | { readonly kind: "failure" };

/** A task that has begun. */
export interface BegunTask {
  readonly hash: Hash;
  readonly name: string;
  /** When it began, in milliseconds since 1970. */
  readonly since: number;
  /** How long it takes by its own declaration, in milliseconds. */
  readonly declaredMs: number | undefined;
}

/** How many running tasks, and how many held ones, a view names at most. */
export const MAX_SHOWN = 8;

/** The state of a worker, for showing progress. */
export interface WorkerView {
  /** The counts of the task names that changed since the last view. */
  readonly names: readonly NameCount[];
  /** The first few tasks that are running here, as calls. */
  readonly running: readonly string[];
  /** What is known of these tasks. */
  readonly begun: readonly BegunTask[];
  /** The first few tasks that other workers hold, as calls. */
  readonly held: readonly string[];
  /** The first barrier at which the jugfile waits. */
  readonly barrier: Place | undefined;
  readonly loading: boolean;
  /** Whether the jugfile's code has begun to run. */
  readonly hasBegun: HasBegun;
}

/** The state of a worker at its end. */
export interface WorkerEnd {
  /** The number of finished tasks by name, including those that other workers ran. */
  readonly finishedByName: Readonly<Record<string, number>>;
  /** The unfinished tasks; empty if all wanted tasks are finished. */
  readonly unfinished: readonly UnfinishedTasks[];
  /** The first barrier that did not open. */
  readonly barrier: Place | undefined;
  /** The names of all tasks, if none of them is wanted. */
  readonly unwanted: readonly string[] | undefined;
  /** Whether the jugfile was loaded completely, so that all tasks are known. */
  readonly isLoaded: boolean;
  /** Whether the jugfile's code has begun to run. */
  readonly hasBegun: HasBegun;
  readonly waitLimitReached: boolean;
  /** Whether it ended because no task that is left is expected to end in time. */
  readonly isTimeOver: boolean;
  readonly stopped: StopReason | undefined;
  /** Whether the jugfile has hooks for the end of the run. */
  readonly hasFinishHooks: boolean;
}

/** The tasks of one name that were run and stored. */
export interface RunSums {
  readonly count: number;
  /** How long they ran, all together, in milliseconds. */
  readonly ms: number;
  /** How long the longest of them ran, in milliseconds. */
  readonly longestMs: number;
}

/** A message from a worker to the coordinator. */
export type FromWorker =
  /** Results were stored: what was run, by name, and their hashes if other workers of the process must be informed. */
  | {
    readonly kind: "executed";
    readonly sums: ReadonlyMap<string, RunSums>;
    readonly hashes: readonly Hash[];
    /** How long each task ran, by name, in milliseconds; only for a collector. */
    readonly durations?: ReadonlyMap<string, readonly number[]> | undefined;
  }
  /** A result is damaged and was removed; its task runs again. */
  | { readonly kind: "damaged"; readonly hash: Hash; readonly reason: string }
  | { readonly kind: "failed"; readonly failure: TaskFailure }
  | { readonly kind: "view"; readonly view: WorkerView }
  /** The answer to a stop by a signal: no task begins any more, and these are running. */
  | { readonly kind: "draining"; readonly running: readonly BegunTask[] }
  /** The worker has nothing to do but to wait for others. */
  | { readonly kind: "idle" }
  | { readonly kind: "busy" }
  | { readonly kind: "note"; readonly text: string }
  /** A task was taken over from a dead process. `label`: the task as a call. */
  | { readonly kind: "taken-over"; readonly name: string; readonly label: string }
  /** Output of a task, or of the top level of the jugfile: then `hash` and `label` are undefined. */
  | {
    readonly kind: "output";
    readonly hash: Hash | undefined;
    readonly label: string | undefined;
    readonly stream: "stdout" | "stderr";
    readonly text: string;
  }
  /** The progress that a task reports. */
  | { readonly kind: "progress"; readonly label: string; readonly fraction: number; readonly note: string | undefined }
  /** An attempt begins, or its time limit changes. `timeout` is in milliseconds; Infinity: no limit now. */
  | {
    readonly kind: "timed";
    readonly lock: Lock;
    readonly name: string;
    readonly label: string;
    readonly attempt: number;
    readonly timeout: number;
  }
  /** The function of such an attempt has returned a promise. */
  | { readonly kind: "timed-waiting"; readonly hash: Hash }
  | { readonly kind: "timed-over"; readonly hash: Hash }
  | { readonly kind: "limit"; readonly text: string }
  | { readonly kind: "load-failed"; readonly error: ErrorReport }
  /** The jugfile or a task made a call that ends the thread, such as "Deno.exit(1)". */
  | { readonly kind: "exit-called"; readonly call: string; readonly place: Place | undefined }
  /** The worker cannot continue. `isFault`: because of an error in jug, not in the backend or the jugfile. */
  | { readonly kind: "broken"; readonly error: ErrorReport; readonly isFault: boolean }
  | { readonly kind: "ended"; readonly end: WorkerEnd }
  /** The state after the end of all workers, as seen by a worker that has received all news. */
  | { readonly kind: "account"; readonly end: WorkerEnd }
  /** A worker in its own process asks for something from the shared counters. */
  | { readonly kind: "ask"; readonly question: Question }
  /**
   * Sent on behalf of a worker whose process has died. `reason` completes a sentence that begins with "the process".
   */
  | { readonly kind: "died"; readonly reason: string }
  | { readonly kind: "hooks-called" };
