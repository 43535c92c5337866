/**
 * What a run may still do: so many tasks, so much time, as long as no stop file is there.
 *
 * @module
 */
import { existsSync } from "node:fs";
import type { WorkerOptions } from "./messages.ts";

/** Asked before each task. */
export class Allowance {
  readonly #options: WorkerOptions;
  readonly #now: () => number;

  constructor(options: WorkerOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
  }

  /** Why no further task may be begun; `undefined` where one may. */
  check(): string | undefined {
    const { deadline, stopFiles, taskBudget } = this.#options;
    if (deadline !== undefined && this.#now() >= deadline) return "the time limit is reached";
    for (const file of stopFiles) if (existsSync(file)) return `the file ${file} is there`;
    if (taskBudget !== undefined && Atomics.load(taskBudget, 0) <= 0) return "the limit of tasks is reached";
    return undefined;
  }

  /** Takes one task of the budget that all workers of this process share. */
  take(): string | undefined {
    const { taskBudget } = this.#options;
    if (taskBudget !== undefined && Atomics.sub(taskBudget, 0, 1) <= 0) return "the limit of tasks is reached";
    return undefined;
  }
}
