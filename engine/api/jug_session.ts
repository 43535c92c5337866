/**
 * An open session, as a program sees it.
 *
 * @module
 */
import type { ValueOf } from "../../core/types.ts";
import type { Exports } from "../load/load.ts";
import type { ExecuteOptions, ExecuteSummary } from "./execute_options.ts";
import type { SessionLoad, SessionTask } from "./session_messages.ts";

/**
 * Options of a session's `execute`.
 *
 * @category Scripts
 */
export interface SessionExecuteOptions extends ExecuteOptions {
  /** How many threads run tasks. Default: 1. */
  readonly workers?: number;
  /** Whether later runs skip the tasks that fail in this run. Default: false. */
  readonly keepFailed?: boolean;
  /** The most tasks to run. Default: no limit. */
  readonly maxTasks?: number;
  /** Ends the run when it aborts: running tasks are given up within two seconds, and every lock is released. */
  readonly signal?: AbortSignal;
  /**
   * How long running tasks may continue after `signal` is aborted, in milliseconds. Those that cannot end in this time
   * are given back at once. Default: 1000.
   */
  readonly graceMs?: number;
  /** Called with each line about the run: failures, notes, and the progress every two seconds. Default: none. */
  readonly log?: (line: string) => void;
}

/**
 * An open jugfile with its jugdir. `M` is the type of its module, as in `typeof import("./primes.ts")`.
 *
 * @category Scripts
 */
export interface JugSession<M extends object = Exports> extends AsyncDisposable {
  /** The jugfile, as it was given. */
  readonly jugfile: string;
  /**
   * Lets the jugfile continue past barriers that have been met by now; `execute` does this by itself.
   *
   * @returns How far the jugfile is loaded.
   * @throws {JugError} if the jugfile cannot be loaded.
   */
  load(): Promise<SessionLoad>;
  /** Returns the names of the exports that can be read: all of them, or those above an unmet barrier. */
  exports(): Promise<readonly string[]>;
  /** Returns every task declared so far, and its state. */
  tasks(): Promise<readonly SessionTask[]>;
  /**
   * Runs the unfinished tasks in threads of this process. Any number of other processes may work on the same jugdir.
   *
   * @throws {JugError} if an option is wrong, `target` matches no task, the jugfile cannot be loaded in a thread, the
   * jugdir fails, or an earlier call has not ended. A failure of a task is not thrown: it is in the summary.
   */
  execute(options?: SessionExecuteOptions): Promise<ExecuteSummary>;
  /**
   * Returns the value of an export, with its tasks replaced by their results.
   *
   * @throws {JugError} of kind "missing" if a result is missing; of kind "usage" if there is no such export, or if it
   * holds something that cannot pass between threads, such as a function.
   */
  value<K extends keyof M & string>(name: K): Promise<ValueOf<M[K]>>;
  /**
   * Returns the result of one of `tasks()`.
   *
   * @throws {JugError} of kind "missing" if the result is missing; of kind "usage" if the session has no such task.
   */
  value(task: SessionTask): Promise<unknown>;
  /**
   * Removes the results of tasks and of all tasks that depend on them.
   *
   * @param which A task, several tasks, or a pattern: `primes.isPrime`, `isPrime` or `/regex/`.
   * @returns How many results were removed.
   * @throws {JugError} of kind "usage" if the session has no such task, or the pattern matches none.
   */
  invalidate(which: string | SessionTask | readonly SessionTask[]): Promise<number>;
  /** Closes the session and ends its thread. Results stay, except in the jugdir `memory:`. */
  close(): Promise<void>;
}
