/**
 * The options and the outcome of running tasks from a program.
 *
 * @module
 */
import type { TaskFailure } from "../results/error_report.ts";
import { date, duration, flag, type OptionRules, patience, target, wholeNumber } from "./option_rules.ts";

/**
 * Options of `execute`.
 *
 * @category Scripts
 */
export interface ExecuteOptions {
  /** Whether to continue with other tasks after one has failed. Default: false. */
  readonly keepGoing?: boolean;
  /** Which tasks to run: `primes.isPrime`, `isPrime` or `/regex/`. Default: all. */
  readonly target?: string;
  /** How many asynchronous tasks run at once. Default: 1. */
  readonly concurrency?: number;
  /** How long locks are valid without a renewal of the lease, in milliseconds. Default: 30,000. */
  readonly leaseMs?: number;
  /** How long to wait for tasks that other processes run, in milliseconds. Default: 1,800,000 (half an hour). */
  readonly waitLimitMs?: number;
  /**
   * No task begins that is not expected to end by then: by the option `duration` of its function, or else the 95th
   * percentile of the durations in the jugdir (of fewer than twenty, the longest and a tenth). A running task is not
   * ended. Default: the time is not limited.
   */
  readonly deadline?: Date;
}

/**
 * The outcome of `execute`.
 *
 * @category Scripts
 */
export interface ExecuteSummary {
  /** How many tasks this call ran. */
  readonly executed: number;
  /** How many tasks have results now, including those that others ran. */
  readonly finished: number;
  /** The tasks that failed in this call. */
  readonly failures: readonly TaskFailure[];
  /** Whether every task has a result. */
  readonly isComplete: boolean;
}

/** The values that each option of `execute` accepts. */
export const EXECUTE_RULES: OptionRules<ExecuteOptions> = {
  keepGoing: flag,
  target,
  concurrency: wholeNumber(1),
  leaseMs: duration,
  waitLimitMs: patience,
  deadline: date,
};
