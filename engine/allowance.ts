/**
 * What a run may still do: so many tasks, so much time, as long as no stop file is there.
 *
 * @module
 */
import { existsSync } from "node:fs";
import type { RunLimits } from "../core/session.ts";
import type { WorkerOptions } from "./messages.ts";

/** A look at a stop file costs as much as a tiny task's lock, so it is taken at most this often, in milliseconds. */
const LOOK_MS = 10;

/** Asked before each task. */
export class Allowance {
  readonly #options: WorkerOptions;
  readonly #limits: RunLimits;
  readonly #budget: Int32Array<SharedArrayBuffer>;
  readonly #now: () => number;
  #lookedAt = -Infinity;

  /** `limits`: what the jugfile itself asks for, beside the options. */
  constructor(options: WorkerOptions, limits: RunLimits, now: () => number) {
    this.#options = options;
    this.#limits = limits;
    this.#budget = options.taskBudget ?? newTaskBudget(undefined);
    this.#now = now;
  }

  /** Why no further task may be begun; `undefined` where one may. */
  check(): string | undefined {
    const deadline = Math.min(this.#options.deadline ?? Infinity, this.#limits.deadline ?? Infinity);
    const now = this.#now();
    if (now >= deadline) return "the time limit is reached";
    if (now - this.#lookedAt >= LOOK_MS) {
      this.#lookedAt = now;
      const file = this.#options.stopFiles.find(existsSync) ?? this.#limits.files.find(existsSync);
      if (file !== undefined) return `the file ${file} is there`;
    }
    if (this.#limits.tasks !== undefined) {
      lower(this.#budget, this.#limits.tasks);
      this.#limits.tasks = undefined;
    }
    return Atomics.load(this.#budget, 0) <= 0 ? "the limit of tasks is reached" : undefined;
  }

  /** Takes one task of the budget that all workers of this process share. */
  take(): string | undefined {
    return Atomics.sub(this.#budget, 0, 1) <= 0 ? "the limit of tasks is reached" : undefined;
  }
}

const UNLIMITED = 2 ** 31 - 1;

/** How many tasks a process may run, counted down by all its workers. */
export function newTaskBudget(maxTasks: number | undefined): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4)).fill(Math.min(maxTasks ?? UNLIMITED, UNLIMITED));
}

/** Every worker loads the jugfile and asks for the same limit, at its own time: the least that is left counts. */
function lower(budget: Int32Array<SharedArrayBuffer>, tasks: number): void {
  for (let left = Atomics.load(budget, 0); tasks < left; left = Atomics.load(budget, 0)) {
    if (Atomics.compareExchange(budget, 0, left, tasks) === left) return;
  }
}
