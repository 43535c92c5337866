/**
 * What a running task may ask about itself.
 *
 * @module
 */
import { JugError } from "../errors.ts";
import { currentContext } from "./session.ts";

/**
 * Writes lines into the log that is kept with the task.
 *
 * @category Tasks
 */
export interface TaskLogger {
  /** A line of what goes on. */
  info(...data: unknown[]): void;
  /** A line about something that may be wrong. */
  warn(...data: unknown[]): void;
  /** A line about something that is wrong. */
  error(...data: unknown[]): void;
}

/**
 * The circumstances under which a task's function runs.
 *
 * @category Tasks
 */
export interface TaskContext {
  /** Fires when the task runs out of time, or is given up because the process ends: pass it to `fetch` and the like. */
  readonly signal: AbortSignal;
  /** Counted from 1; more than 1 where earlier attempts failed. */
  readonly attempt: number;
  /** Writes into the task's log, as `console` does. */
  readonly log: TaskLogger;
  /**
   * Tells whoever watches how far the task is.
   *
   * @param fraction From 0 to 1.
   * @param note A few words about it.
   */
  progress(fraction: number, note?: string): void;
}

/**
 * The context of the task whose function runs now. Two tasks never see each other's, however many run at once.
 *
 * @throws {JugError} where no task runs.
 *
 * @example Usage
 * ```ts
 * import { taskContext, TaskGenerator } from "jug";
 *
 * const download = TaskGenerator(async function download(url: string) {
 *   const { signal, attempt, log } = taskContext();
 *   log.info(`attempt ${attempt}`);
 *   const response = await fetch(url, { signal });
 *   return await response.text();
 * }, { timeout: 30_000, retries: 2 });
 *
 * download("https://example.com/");
 * ```
 *
 * @category Tasks
 */
export function taskContext(): TaskContext {
  const context = currentContext();
  if (context !== undefined) return context;
  throw new JugError("usage", "taskContext() was called where no task runs", {
    remedy: "Call it inside the function of a task",
  });
}
