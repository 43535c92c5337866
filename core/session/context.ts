/**
 * The types of a running task's context.
 *
 * @module
 */
/**
 * Writes lines to the log that is stored with the task. The arguments are formatted as by `console.log`.
 *
 * @category Tasks
 */
export interface TaskLogger {
  /** Writes a line of information. */
  info(...data: unknown[]): void;
  /** Writes a line about a possible problem. */
  warn(...data: unknown[]): void;
  /** Writes a line about an error. */
  error(...data: unknown[]): void;
}

/**
 * The context of a running task: its signal, attempt, log and progress.
 *
 * @category Tasks
 */
export interface TaskContext {
  /**
   * Aborted when the attempt exceeds its `timeout`, or when the process stops and abandons the task. Pass it to `fetch`
   * and similar functions.
   */
  readonly signal: AbortSignal;
  /** The number of the attempt, counted from 1; greater than 1 after earlier attempts failed. */
  readonly attempt: number;
  /** Writes to the task's log, as `console` does. */
  readonly log: TaskLogger;
  /**
   * Reports how much of the task is done, for the display of progress.
   *
   * @param fraction From 0 to 1; values outside are clamped.
   * @param note A few words about the current step. Default: none.
   */
  progress(fraction: number, note?: string): void;
}
