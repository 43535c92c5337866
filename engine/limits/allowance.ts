/**
 * What a run may still do: so many tasks, so much time, as long as no stop file is there.
 *
 * @module
 */
import { existsSync } from "node:fs";
import type { RunLimits } from "../../core/session/session.ts";
import type { Shares } from "./shares.ts";

/** A look at a stop file costs as much as a tiny task's lock, so it is taken at most this often, in milliseconds. */
const LOOK_MS = 10;

const TIME_IS_UP = "the time limit is reached";

/** What the command line set. */
export interface StopOptions {
  /** No task is begun after this time (milliseconds since 1970). */
  readonly deadline: number | undefined;
  /** No task is begun while one of these files is there. */
  readonly stopFiles: readonly string[];
}

/** Asked before each task. */
export class Allowance {
  readonly #options: StopOptions;
  readonly #limits: RunLimits;
  readonly #shares: Shares;
  readonly #now: () => number;
  #lookedAt = -Infinity;

  /** `limits`: what the jugfile itself asks for, beside the options. `shares`: holds the number of tasks that are left. */
  constructor(options: StopOptions, limits: RunLimits, shares: Shares, now: () => number) {
    this.#options = options;
    this.#limits = limits;
    this.#shares = shares;
    this.#now = now;
  }

  /**
   * Whether the time is up. One task of the process may begin even then: where loading takes longer than the time that there
   * is, run after run would do nothing.
   */
  get isTimeUp(): boolean {
    return this.#now() >= Math.min(this.#options.deadline ?? Infinity, this.#limits.deadline ?? Infinity);
  }

  /** Why no further task may be begun; `undefined` where one may. */
  check(): string | undefined {
    if (this.isTimeUp && this.#shares.hasTaken()) return TIME_IS_UP;
    const now = this.#now();
    if (now - this.#lookedAt >= LOOK_MS) {
      this.#lookedAt = now;
      const file = this.#options.stopFiles.find(existsSync) ?? this.#limits.files.find(existsSync);
      if (file !== undefined) return `the file ${file} is there`;
    }
    if (this.#limits.tasks !== undefined) {
      this.#shares.lowerTasks(this.#limits.tasks);
      this.#limits.tasks = undefined;
    }
    return this.#shares.tasksLeft() <= 0 ? "the limit of tasks is reached" : undefined;
  }

  /** Why nothing is waited for any longer that other processes have; `undefined` where it is. */
  checkWaiting(): string | undefined {
    return this.check() ?? (this.isTimeUp ? TIME_IS_UP : undefined);
  }

  /** Takes one task of the budget that all workers of this process share. */
  take(): string | undefined {
    return this.#shares.takeTask() ? undefined : "the limit of tasks is reached";
  }
}
