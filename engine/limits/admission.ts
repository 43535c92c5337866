/**
 * Decides which tasks may begin now. Three options of a task limit this: `concurrency` (tasks of a function that run at
 * once in one worker), `rate` (tasks of a function per second) and `resources` (what the process has).
 *
 * @module
 */
import type { DeclaredTask } from "../../core/session/session.ts";
import { RateLimits } from "./rate_limits.ts";
import type { ResourcePool } from "./resource_pool.ts";
import type { SharedCounters } from "./shared_counters.ts";

/** Whether a task may begin now, or in how many milliseconds to ask again (Infinity: not before another task ends). */
export type Admitted = { readonly kind: "yes" } | { readonly kind: "later"; readonly inMs: number };

const YES: Admitted = { kind: "yes" };
/** How often to ask for resources that other workers hold, in milliseconds. */
const ASK_MS = 20;

/** Admits the tasks of one worker. */
export class Admission {
  readonly #pool: ResourcePool;
  readonly #counters: SharedCounters;
  /** How many tasks of each function run here. */
  readonly #running = new Map<string, number>();
  readonly #rates: RateLimits;
  #ended = 0;

  constructor(pool: ResourcePool, counters: SharedCounters, now: () => number) {
    this.#pool = pool;
    this.#counters = counters;
    this.#rates = new RateLimits(pool.epoch, counters, now);
  }

  /**
   * Returns a resource that the task needs more of than the process has, as NAME=AMOUNT; `undefined` if there is none.
   */
  impossible({ definition }: DeclaredTask): string | undefined {
    for (const [name, amount] of Object.entries(definition.options?.resources ?? NONE)) {
      const index = this.#pool.resources.indexOf(name);
      const total = index < 0 ? 0 : this.#pool.totals[index] ?? 0;
      if (amount > total) return `${name}=${amount}`;
    }
    return undefined;
  }

  /**
   * Admits a task, or returns when to ask again. The caller must call {@linkcode Admission.end} for each admitted task.
   */
  admit(task: DeclaredTask): Admitted {
    const { options, name } = task.definition;
    if (options === undefined) return YES;
    const running = this.#running.get(name) ?? 0;
    if (options.concurrency !== undefined && running >= options.concurrency) return { kind: "later", inMs: Infinity };
    if (options.resources !== undefined && !this.#take(options.resources)) {
      return { kind: "later", inMs: this.impossible(task) === undefined ? ASK_MS : Infinity };
    }
    if (options.rate !== undefined) {
      const wait = this.#rates.takeTurn(name, options.rate);
      if (wait > 0) {
        if (options.resources !== undefined) this.#giveBack(options.resources);
        return { kind: "later", inMs: wait };
      }
    }
    this.#running.set(name, running + 1);
    return YES;
  }

  /** How many admitted tasks with options have ended. Each may have made room for a task that had to wait. */
  get ended(): number {
    return this.#ended;
  }

  /** Records that an admitted task has ended, and gives back its resources. */
  end({ definition }: DeclaredTask): void {
    const { options, name } = definition;
    if (options === undefined) return;
    this.#ended++;
    this.#running.set(name, (this.#running.get(name) ?? 1) - 1);
    if (options.resources !== undefined) this.#giveBack(options.resources);
  }

  /** Withdraws the admission of a task that did not begin, and gives back its resources and its turn. */
  withdraw(task: DeclaredTask): void {
    const { options, name } = task.definition;
    this.end(task);
    if (options?.rate !== undefined) this.#rates.giveTurnBack(name, options.rate);
  }

  #take(wanted: Readonly<Record<string, number>>): boolean {
    const taken: Record<string, number> = {};
    for (const [name, amount] of Object.entries(wanted)) {
      const index = this.#pool.resources.indexOf(name);
      if (index < 0 || !this.#counters.takeAmount(index, amount)) {
        this.#giveBack(taken);
        return false;
      }
      taken[name] = amount;
    }
    return true;
  }

  #giveBack(taken: Readonly<Record<string, number>>): void {
    for (const [name, amount] of Object.entries(taken)) {
      this.#counters.giveBack(this.#pool.resources.indexOf(name), amount);
    }
  }
}

const NONE: Readonly<Record<string, number>> = {};
