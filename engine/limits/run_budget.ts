/**
 * The run budget: a number of tasks, a time limit, and stop files.
 *
 * @module
 */
import { existsSync } from "node:fs";
import type { RunLimits } from "../../core/session/session.ts";
import type { SharedCounters } from "./shared_counters.ts";

/**
 * The minimum time between two checks of stop files, in milliseconds. A check costs as much as the lock of a tiny task.
 */
const LOOK_MS = 10;

const TIME_IS_UP = "the time limit is reached";

/** The limits that the command line sets. */
export interface StopOptions {
  /** No task is started after this time (milliseconds since 1970). */
  readonly deadline: number | undefined;
  /** No task is started while one of these files exists. */
  readonly stopFiles: readonly string[];
}

/** The run budget of one worker, which is checked before each task. */
export class RunBudget {
  readonly #options: StopOptions;
  readonly #limits: RunLimits;
  readonly #counters: SharedCounters;
  readonly #now: () => number;
  #lookedAt = -Infinity;

  /**
   * @param limits The limits that the jugfile sets, in addition to the options.
   * @param counters Holds the number of tasks that are left.
   */
  constructor(options: StopOptions, limits: RunLimits, counters: SharedCounters, now: () => number) {
    this.#options = options;
    this.#limits = limits;
    this.#counters = counters;
    this.#now = now;
  }

  /**
   * Whether the time limit is reached. Even then, {@linkcode RunBudget.check} permits the first task of the process:
   * otherwise, if loading takes longer than the time limit, no run would ever make progress.
   */
  get isTimeUp(): boolean {
    return this.#now() >= Math.min(this.#options.deadline ?? Infinity, this.#limits.deadline ?? Infinity);
  }

  /** Returns why no further task may be started; `undefined` if one may. */
  check(): string | undefined {
    if (this.isTimeUp && this.#counters.hasTaken()) return TIME_IS_UP;
    const now = this.#now();
    if (now - this.#lookedAt >= LOOK_MS) {
      this.#lookedAt = now;
      const file = this.#options.stopFiles.find(existsSync) ?? this.#limits.files.find(existsSync);
      if (file !== undefined) return `the file ${file} exists`;
    }
    if (this.#limits.tasks !== undefined) {
      this.#counters.lowerTasks(this.#limits.tasks);
      this.#limits.tasks = undefined;
    }
    return this.#counters.tasksLeft() <= 0 ? "the task limit is reached" : undefined;
  }

  /** Returns why this worker must not wait for tasks of other processes any longer; `undefined` if it may. */
  checkWaiting(): string | undefined {
    return this.check() ?? (this.isTimeUp ? TIME_IS_UP : undefined);
  }

  /** Takes one task from the budget that all workers of this process share. If none is left, returns the reason. */
  take(): string | undefined {
    return this.#counters.takeTask() ? undefined : "the task limit is reached";
  }
}
