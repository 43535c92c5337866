/**
 * What the coordinator and its workers tell each other.
 *
 * @module
 */
import type { Change, Lock, Owner } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import type { Place } from "../../core/caller.ts";
import type { HasBegun } from "../load/evaluation.ts";
import type { StopOptions } from "../limits/allowance.ts";
import type { SharedLimits } from "../limits/shared_limits.ts";
import type { LinkSetup } from "./link_setup.ts";
import type { Lifeline } from "../threads/lifeline.ts";
import type { Question } from "../limits/shares.ts";
import type { ExecutionTally, HookName } from "../../core/session/hooks.ts";
import type { Leftover } from "../graph/leftovers.ts";
import type { NameCount } from "../graph/name_counts.ts";
import type { ErrorReport, TaskFailure } from "../store/error_report.ts";

/** What one worker is told when it starts. */
export interface WorkerSetup {
  readonly jugfile: string;
  readonly address: string;
  readonly args: readonly string[];
  readonly owner: Owner;
  /** Counted from 0. Worker 0 alone shows what the jugfile prints at top level. */
  readonly thread: number;
  /** Whether the coordinator draws on the terminal, so that what the jugfile prints must go by way of it. */
  readonly isWatched: boolean;
  readonly options: WorkerOptions;
  /** Tasks that failed in this run before the worker was started, in the place of one that was given up. */
  readonly failed?: readonly Hash[] | undefined;
}

/** How a worker works. */
export interface WorkerOptions extends StopOptions {
  readonly target: string | undefined;
  /** How many workers this process has; where there are others, they want to hear what this one did. */
  readonly workers: number;
  /** How many asynchronous tasks run at once. */
  readonly concurrency: number;
  /** What the workers of the process share; `undefined` for a worker that is alone. */
  readonly limits: SharedLimits | undefined;
  readonly keepGoing: boolean;
  /** Begins no further task after so many failures; keeps going up to there. */
  readonly maxFailures?: number | undefined;
  readonly keepFailed: boolean;
  /** Gives up after this many milliseconds in which nothing changed and others held what is left. */
  readonly waitLimitMs: number;
  /** See `newTaskBudget`. Counted down by all workers before each task. */
  readonly taskBudget: Int32Array<SharedArrayBuffer> | undefined;
  /** Whether the coordinator hears of each task that begins, since the worker's process may not live to tell how it ended. */
  readonly tellsAll?: boolean | undefined;
  /** How many bytes of encoded results each worker keeps in memory at most. */
  readonly cacheBytes?: number | undefined;
  /** Whether tasks are checked for changing their arguments. */
  readonly debug?: boolean | undefined;
  /** The worker waits for a debugger at this port, and no task has a time limit. 0: a free one. */
  readonly inspectPort?: number | undefined;
}

/** From the coordinator to a worker. */
export type ToWorker =
  | Lifeline
  /** Comes first where the worker has a process of its own: it talks to the coordinator by this from now on. */
  | { readonly kind: "link"; readonly link: LinkSetup }
  | { readonly kind: "start"; readonly setup: WorkerSetup; readonly store: MessagePort | undefined }
  | { readonly kind: "news"; readonly changes: readonly Change[] }
  /** Give up what is running if it does not end by itself soon, release every lock, say `ended`. */
  | { readonly kind: "stop"; readonly reason: StopReason }
  /** After all have ended: say `account`, now that all news came. */
  | { readonly kind: "account" }
  /** Call the hooks of the run's end, say `hooks-called`. */
  | { readonly kind: "call-hooks"; readonly name: FinishHookName; readonly tally: ExecutionTally };

/** The events at the end of a run. */
export type FinishHookName = Extract<HookName, `execute.finished_${string}`>;

/** Why a run stops early. */
export type StopReason =
  | { readonly kind: "signal"; readonly signal: string }
  | { readonly kind: "limit"; readonly text: string }
  | { readonly kind: "failure" };

/** What a worker sees of the graph. */
export interface WorkerView {
  /** The names of tasks where something changed since the last view. */
  readonly names: readonly NameCount[];
  /** The first few tasks that run here, as calls. */
  readonly running: readonly string[];
  /** The first few tasks that others have, as calls. */
  readonly held: readonly string[];
  /** The first barrier where the jugfile stands. */
  readonly barrier: Place | undefined;
  readonly loading: boolean;
  /** Whether the jugfile's code has begun to run. */
  readonly hasBegun: HasBegun;
}

/** How a worker ended. */
export interface WorkerEnd {
  /** Finished tasks by name, whoever ran them. */
  readonly finishedByName: Readonly<Record<string, number>>;
  /** Empty where all that was wanted is finished. */
  readonly leftovers: readonly Leftover[];
  /** The first barrier that did not open. */
  readonly barrier: Place | undefined;
  /** The names of all tasks, where none of them is wanted. */
  readonly unwanted: readonly string[] | undefined;
  /** Whether the jugfile was loaded to its end, so that no task is unknown. */
  readonly isLoaded: boolean;
  /** Whether its code has begun to run. */
  readonly hasBegun: HasBegun;
  readonly waitLimitReached: boolean;
  readonly stopped: StopReason | undefined;
  /** Whether the jugfile has hooks for the end of the run. */
  readonly hasFinishHooks: boolean;
}

/** From a worker to the coordinator. */
export type FromWorker =
  /** Results that were stored: how many of each name, and which, where other workers of the process must hear of it. */
  | {
    readonly kind: "executed";
    readonly counts: ReadonlyMap<string, number>;
    /** How long they ran, by name, in milliseconds. */
    readonly ms: ReadonlyMap<string, number>;
    readonly hashes: readonly Hash[];
  }
  /** A result that could not be read; its task runs again. */
  | { readonly kind: "damaged"; readonly hash: Hash; readonly reason: string }
  | { readonly kind: "failed"; readonly failure: TaskFailure }
  | { readonly kind: "view"; readonly view: WorkerView }
  /** Nothing to do but wait for others. */
  | { readonly kind: "idle" }
  | { readonly kind: "busy" }
  | { readonly kind: "note"; readonly text: string }
  /** What a task printed, or the jugfile at top level: then hash and label are missing. */
  | {
    readonly kind: "output";
    readonly hash: Hash | undefined;
    readonly label: string | undefined;
    readonly stream: "stdout" | "stderr";
    readonly text: string;
  }
  /** How far a task says that it is. */
  | { readonly kind: "progress"; readonly label: string; readonly fraction: number; readonly note: string | undefined }
  /** An attempt of a task with a time limit (in milliseconds; Infinity: none) begins, or the limit changes. */
  | {
    readonly kind: "timed";
    readonly lock: Lock;
    readonly name: string;
    readonly label: string;
    readonly attempt: number;
    readonly timeout: number;
  }
  /** Its function has returned a promise. */
  | { readonly kind: "timed-waiting"; readonly hash: Hash }
  | { readonly kind: "timed-over"; readonly hash: Hash }
  | { readonly kind: "limit"; readonly text: string }
  | { readonly kind: "load-failed"; readonly error: ErrorReport }
  /** The jugfile or a task made a call that ends the thread, such as "Deno.exit(1)". */
  | { readonly kind: "exit-called"; readonly call: string; readonly place: Place | undefined }
  /** The worker cannot go on: the backend failed, or jug did. */
  | { readonly kind: "broken"; readonly error: ErrorReport; readonly isFault: boolean }
  | { readonly kind: "ended"; readonly end: WorkerEnd }
  /** How things stand after the end, in the eyes of a worker that has heard what all others did. */
  | { readonly kind: "account"; readonly end: WorkerEnd }
  /** A worker in a process of its own wants something of what all share. */
  | { readonly kind: "ask"; readonly question: Question }
  /** Said for a worker whose process is gone; `reason` goes on after "the process". */
  | { readonly kind: "died"; readonly reason: string }
  | { readonly kind: "hooks-called" };
