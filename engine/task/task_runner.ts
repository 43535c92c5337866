/**
 * Runs the functions of tasks.
 *
 * @module
 */
import type { Lock } from "../../backends/backend.ts";
import type { LoadResults } from "../../core/session/evaluate.ts";
import { resolveArguments } from "../../core/session/task_arguments.ts";
import type { SharedValues } from "../../core/value/tasks_in_value.ts";
import type { Hash } from "../../core/brand.ts";
import { LONGEST_WAIT_MS } from "../../core/defaults.ts";
import { type DeclaredTask, type Loaded, runInTask, type Session } from "../../core/session/session.ts";
import type { RunOptions } from "../../core/types.ts";
import { DebugChecks } from "./debug_checks.ts";
import { DependencyLost } from "./dependency_lost.ts";
import { NewerRecordError } from "../results/newer_record.ts";
import { type Ended, RunningTask, type TaskVoice } from "./running_task.ts";
import type { Encoded } from "../results/run_info.ts";
import type { Store } from "../results/store.ts";
import type { TaskSpan, TaskSpans } from "../telemetry/task_spans.ts";

/** The outcome of running a task. */
export type TaskOutcome =
  | { readonly kind: "finished"; readonly encoded: Encoded; readonly ms: number }
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
  /** Makes a span of each attempt. */
  readonly spans?: TaskSpans | undefined;
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
  /**
   * A list, because there are few. A set that changes with each task would leave its old tables to the garbage collector,
   * which frees them late: each is linked to the next.
   */
  readonly #running: RunningTask[] = [];
  #isDraining = false;

  constructor(parts: TaskRunnerParts) {
    this.#parts = parts;
    this.#checks = parts.checksArguments ? new DebugChecks(this.#shared) : undefined;
  }

  /** The tasks that are running. */
  get tasks(): DeclaredTask[] {
    return this.#running.map((running) => running.task);
  }

  /** The tasks that are running, with their locks. */
  get running(): Iterable<RunningTask> {
    return this.#running;
  }

  /** Whether the process ends, so that no further attempt begins. */
  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** Begins no further attempt. Tasks that wait for their next one are given up. */
  drain(): void {
    this.#isDraining = true;
    for (const running of [...this.#running]) if (running.isPausing) running.giveUp();
  }

  /**
   * Gives up all running tasks, or only those of `hashes`: aborts their signals and stops waiting for the asynchronous
   * ones.
   */
  giveUp(hashes?: ReadonlySet<Hash>): void {
    for (const running of [...this.#running]) if (hashes?.has(running.task.hash) !== false) running.giveUp();
  }

  /**
   * Runs a task, with its retries. Returns the outcome at once if nothing has to be waited for: a promise costs as much
   * as a tiny task. Never throws or rejects.
   */
  run(task: DeclaredTask, lock: Lock): TaskOutcome | Promise<TaskOutcome> {
    const running = new RunningTask(task, lock, this.#parts.voice, this.#parts.now());
    this.#running.push(running);
    const { retries = 0 } = task.definition.options ?? NONE;
    const first = this.#attempt(running, 1);
    if (first instanceof Promise || first.kind === "failed" && retries > 0) return this.#continue(running, first);
    this.#end(running);
    return first;
  }

  /** Waits for the first attempt, and makes further ones. */
  async #continue(running: RunningTask, first: TaskOutcome | Promise<TaskOutcome>): Promise<TaskOutcome> {
    const { retries = 0, backoff = BACKOFF_MS } = running.task.definition.options ?? NONE;
    try {
      let outcome = await first;
      for (let attempt = 1; outcome.kind === "failed" && attempt <= retries && !this.#isDraining; attempt++) {
        const pauseMs = pauseAfter(attempt, backoff);
        this.#parts.onRetry(running, outcome.thrown, pauseMs);
        await running.pause(pauseMs);
        if (running.isGivenUp) return { kind: "given-up" };
        outcome = await this.#attempt(running, attempt + 1);
      }
      // A function that reacts to its signal throws. That is no failure of the task.
      return running.isGivenUp && outcome.kind === "failed" ? { kind: "given-up" } : outcome;
    } finally {
      this.#end(running);
    }
  }

  #end(running: RunningTask): void {
    if (this.#running.at(-1) === running) this.#running.pop();
    else this.#running.splice(this.#running.indexOf(running), 1);
  }

  #attempt(running: RunningTask, attempt: number): TaskOutcome | Promise<TaskOutcome> {
    const { spans } = this.#parts;
    if (spans === undefined) return this.#make(running, attempt);
    return spans.around<TaskOutcome>(running, attempt, () => this.#make(running, attempt));
  }

  #make(running: RunningTask, attempt: number): TaskOutcome | Promise<TaskOutcome> {
    const { now, onTimed, tellsAll = false } = this.#parts;
    const { task } = running;
    if (attempt > 1) running.beginAttempt(attempt);
    const start = now();
    if (tellsAll) onTimed(running, Infinity);
    const end = (): void => {
      if (tellsAll || this.#timeoutOf(task) !== undefined) onTimed(running, undefined);
    };
    let outcome: TaskOutcome | Promise<TaskOutcome>;
    try {
      const load = running.span === undefined ? this.#load : this.#linking(running.span);
      const args = resolveArguments(task, load, this.#shared);
      outcome = Array.isArray(args)
        ? this.#call(running, start, args)
        : args.then((resolved) => running.isGivenUp ? GIVEN_UP : this.#call(running, start, resolved));
    } catch (thrown) {
      outcome = outcomeOf(thrown, running, start);
    }
    if (outcome instanceof Promise) {
      return outcome.catch((thrown: unknown) => outcomeOf(thrown, running, start)).finally(end);
    }
    end();
    return outcome;
  }

  #timeoutOf(task: DeclaredTask): number | undefined {
    return this.#parts.hasTimeLimits === false ? undefined : task.definition.options?.timeout;
  }

  /** Calls the function of a task. Throws, or rejects with, what the function throws. */
  #call(running: RunningTask, start: number, args: unknown[]): TaskOutcome | Promise<TaskOutcome> {
    const { session, onTimed, ticks = () => performance.now() } = this.#parts;
    const { task } = running;
    const timeout = this.#timeoutOf(task);
    const seen = this.#checks?.begin(task, args);
    if (timeout !== undefined) onTimed(running, timeout);
    const began = timeout === undefined ? 0 : ticks();
    // From here on user code runs. What it throws is the task's failure.
    const result: unknown = runInTask(
      session,
      task,
      () => Reflect.apply(task.definition.fn, undefined, args),
      running.current,
    );
    if (timeout === undefined && seen === undefined && !isThenable(result)) return this.#encode(running, start, result);
    // No timer fires while a function blocks the thread, so read the clock when it has returned.
    const timeLeft = (): number => timeout === undefined ? Infinity : timeout - (ticks() - began);
    const left = timeLeft();
    const finish = (value: unknown, left: number): TaskOutcome => {
      if (timeout !== undefined && left < 0) throw running.timeOut(timeout);
      if (seen !== undefined) this.#checks?.end(task, args, seen);
      // The time for encoding and storing is not part of the time limit.
      if (timeout !== undefined) onTimed(running, Infinity);
      return this.#encode(running, start, value);
    };
    if (!isThenable(result)) return finish(result, left);
    return this.#wait(running, result, left).then((ended) =>
      ended.kind === "given-up"
        ? ended
        // If other tasks run in this thread, it may have ended in time while another task blocked the thread.
        : finish(ended.value, this.#parts.isAlone ? timeLeft() : left)
    );
  }

  #wait(running: RunningTask, work: PromiseLike<unknown>, left: number): Promise<Ended<unknown>> {
    const timeout = this.#timeoutOf(running.task);
    if (timeout === undefined) return running.wait(work, undefined);
    this.#parts.onWaiting?.(running);
    return running.wait(work, { timeout, left });
  }

  #encode({ task, logText, span }: RunningTask, start: number, value: unknown): TaskOutcome {
    const { store, now, workerName } = this.#parts;
    const finish = now();
    const trace = span?.trace;
    const known = { name: task.name, start, finish, worker: workerName, hash: task.hash };
    const meta = trace === undefined ? known : { ...known, trace };
    const encoded = store.encode(task, value, logText === undefined ? meta : { ...meta, log: logText });
    return { kind: "finished", encoded, ms: finish - start };
  }

  readonly #load = async (tasks: readonly DeclaredTask[]): Promise<Map<Hash, Loaded>> => {
    const loaded = await this.#parts.store.load(tasks.map((task) => task.hash)).catch((cause: unknown) => {
      throw new UnreadableError("a result that the task needs cannot be read", { cause });
    });
    for (const [hash, outcome] of loaded) if (outcome.kind === "missing") throw new DependencyLost(hash);
    return loaded;
  };

  /** Returns a function that loads results and links the span of the task that needs them to those that computed them. */
  #linking(span: TaskSpan): LoadResults {
    return async (tasks) => {
      const loaded = await this.#load(tasks);
      for (const outcome of loaded.values()) {
        if (outcome.kind === "found" && outcome.trace !== undefined) span.linkTo(outcome.trace);
      }
      return loaded;
    };
  }
}

/** Returns the outcome of an attempt that threw. */
function outcomeOf(thrown: unknown, running: RunningTask, start: number): TaskOutcome {
  if (thrown instanceof DependencyLost) return { kind: "dependency-lost", hash: thrown.hash };
  if (thrown instanceof UnreadableError) return { kind: "unreadable", error: thrown.cause };
  // The task's function may also have loaded a result itself.
  if (thrown instanceof NewerRecordError) return { kind: "unreadable", error: thrown };
  return { kind: "failed", thrown, running, start };
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
const GIVEN_UP: TaskOutcome = { kind: "given-up" };

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
