/**
 * What a running task may ask about itself.
 *
 * @module
 */
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
