/**
 * Runs the functions of tasks.
 *
 * @module
 */
import type { Lock } from "../../backends/backend.ts";
import { resolveArguments } from "../../core/session/task_arguments.ts";
import type { SharedValues } from "../../core/value/tasks_in_value.ts";
import type { Hash } from "../../core/brand.ts";
import { LONGEST_WAIT_MS } from "../../core/defaults.ts";
import { type DeclaredTask, type Loaded, runInTask, type Session } from "../../core/session/session.ts";
import type { RunOptions } from "../../core/types.ts";
import { DebugChecks } from "./debug_checks.ts";
import { DependencyLost } from "./dependency_lost.ts";
import { NewerRecordError } from "../results/newer_record.ts";
import { RunningTask, type TaskVoice } from "./running_task.ts";
import type { Store } from "../results/store.ts";

/** The outcome of running a task. */
export type TaskOutcome =
  | { readonly kind: "finished"; readonly bytes: Uint8Array; readonly ms: number }
  | { readonly kind: "failed"; readonly thrown: unknown; readonly running: RunningTask; readonly start: number }
  /** the task was given up, because the process ends */
  | { readonly kind: "given-up" }
  /** the result of a dependency was lost after it had been seen: the task has not failed and waits again */
  | { readonly kind: "dependency-lost"; readonly hash: Hash }
  /** a result that it needs cannot be read, by this version or at all: the task has not failed; a retry is useless */
  | { readonly kind: "unreadable"; readonly error: unknown };

/** What a {@linkcode TaskRunner} needs. */
export interface TaskRunnerParts {
  readonly session: Session;
  readonly store: Store;
  /** The name of this worker in the metadata of results. */
  readonly workerName: string;
  readonly voice: TaskVoice;
  /**
   * Called before an attempt of a task with a time limit, with the limit in milliseconds, and after it, with
   * `undefined`: a synchronous function must be watched from another thread. The limit is Infinity while something
   * other than the function takes the time.
   */
  readonly onTimed: (running: RunningTask, timeout: number | undefined) => void;
  /** Called when the function of such a task has returned a promise, so that other tasks may run in between. */
  readonly onWaiting?: ((running: RunningTask) => void) | undefined;
  /** Whether `onTimed` is called for all tasks, since any of them may end the process. */
  readonly tellsAll?: boolean | undefined;
  /** Whether tasks are checked for changing their arguments. */
  readonly checksArguments?: boolean | undefined;
  /** Whether time limits apply; they do not while tasks are debugged. Default: true. */
  readonly hasTimeLimits?: boolean | undefined;
  /** Called when an attempt has failed and a retry follows. */
  readonly onRetry: (running: RunningTask, thrown: unknown, pauseMs: number) => void;
  /** Whether no other task runs in this thread at the same time, so that all the time that passes is the task's. */
  readonly isAlone?: boolean | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds of a monotonic clock. Default: `performance.now()`. */
  readonly ticks?: (() => number) | undefined;
}

/** The default pause before the first retry, in milliseconds. */
const BACKOFF_MS = 1000;

/** Runs the functions of tasks. Several may run at once. */
export class TaskRunner {
  readonly #parts: TaskRunnerParts;
  readonly #shared: SharedValues = new Map();
  readonly #checks: DebugChecks | undefined;
  readonly #running = new Set<RunningTask>();

  constructor(parts: TaskRunnerParts) {
    this.#parts = parts;
    this.#checks = parts.checksArguments ? new DebugChecks(this.#shared) : undefined;
  }

  /** The tasks that are running. */
  get tasks(): DeclaredTask[] {
    return [...this.#running].map((running) => running.task);
  }

  /** Gives up all running tasks: aborts their signals and stops waiting for the asynchronous ones. */
  giveUp(): void {
    for (const running of this.#running) running.giveUp();
  }

  /** Runs a task, with its retries. Never rejects. */
  async run(task: DeclaredTask, lock: Lock): Promise<TaskOutcome> {
    const running = new RunningTask(task, lock, this.#parts.voice);
    this.#running.add(running);
    try {
      return await this.#attempts(running);
    } finally {
      this.#running.delete(running);
    }
  }

  async #attempts(running: RunningTask): Promise<TaskOutcome> {
    const { retries = 0, backoff = BACKOFF_MS } = running.task.definition.options ?? NONE;
    for (let attempt = 1;; attempt++) {
      const outcome = await this.#attempt(running, attempt);
      if (outcome.kind !== "failed" || attempt > retries) return outcome;
      const pauseMs = pauseAfter(attempt, backoff);
      this.#parts.onRetry(running, outcome.thrown, pauseMs);
      await running.pause(pauseMs);
      if (running.isGivenUp) return { kind: "given-up" };
    }
  }

  async #attempt(running: RunningTask, attempt: number): Promise<TaskOutcome> {
    const { session, store, now, workerName, onTimed, onWaiting, tellsAll = false } = this.#parts;
    const { ticks = () => performance.now(), isAlone = false } = this.#parts;
    const { task } = running;
    const timeout = this.#parts.hasTimeLimits === false ? undefined : task.definition.options?.timeout;
    if (attempt > 1) running.beginAttempt(attempt);
    const start = now();
    if (tellsAll) onTimed(running, Infinity);
    try {
      const resolved = resolveArguments(task, this.#load, this.#shared);
      const args = Array.isArray(resolved) ? resolved : await resolved;
      const seen = this.#checks?.begin(task, args);
      if (timeout !== undefined) onTimed(running, timeout);
      const began = ticks();
      // From here on user code runs. What it throws is the task's failure.
      let result: unknown = runInTask(
        session,
        task,
        () => Reflect.apply(task.definition.fn, undefined, args),
        running.current,
      );
      // No timer fires while a function blocks the thread, so read the clock when it has returned.
      const timeLeft = () => timeout === undefined ? Infinity : timeout - (ticks() - began);
      let left = timeLeft();
      if (isThenable(result)) {
        if (timeout !== undefined) onWaiting?.(running);
        const ended = await running.wait(result, timeout === undefined ? undefined : { timeout, left });
        if (ended.kind === "given-up") return ended;
        result = ended.value;
        // If other tasks run in this thread, it may have ended in time while another task blocked the thread.
        if (isAlone) left = timeLeft();
      }
      if (timeout !== undefined && left < 0) throw running.timeOut(timeout);
      if (seen !== undefined) this.#checks?.end(task, args, seen);
      // The time for encoding and storing is not part of the time limit.
      if (timeout !== undefined) onTimed(running, Infinity);
      const finish = now();
      const log = running.logText;
      const meta = { name: task.name, start, finish, worker: workerName, hash: task.hash };
      const bytes = store.encode(task, result, log === undefined ? meta : { ...meta, log });
      return { kind: "finished", bytes, ms: finish - start };
    } catch (thrown) {
      if (thrown instanceof DependencyLost) return { kind: "dependency-lost", hash: thrown.hash };
      if (thrown instanceof UnreadableError) return { kind: "unreadable", error: thrown.cause };
      // The task's function may also have loaded a result itself.
      if (thrown instanceof NewerRecordError) return { kind: "unreadable", error: thrown };
      return { kind: "failed", thrown, running, start };
    } finally {
      if (tellsAll || timeout !== undefined) onTimed(running, undefined);
    }
  }

  readonly #load = async (tasks: readonly DeclaredTask[]): Promise<Map<Hash, Loaded>> => {
    const loaded = await this.#parts.store.load(tasks.map((task) => task.hash)).catch((cause: unknown) => {
      throw new UnreadableError("a result that the task needs cannot be read", { cause });
    });
    for (const [hash, outcome] of loaded) if (outcome.kind === "missing") throw new DependencyLost(hash);
    return loaded;
  };
}

/** Marks errors of the backend, to distinguish them from errors of the task's function. */
class UnreadableError extends Error {}

/**
 * Returns the pause after the given attempt (counted from 1), in milliseconds. It doubles each time, up to the longest
 * time that a timer can wait.
 */
export function pauseAfter(attempt: number, backoff: number): number {
  return Math.min(backoff * 2 ** (attempt - 1), LONGEST_WAIT_MS);
}

const NONE: RunOptions = {};

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
