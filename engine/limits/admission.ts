/**
 * Which tasks may begin now: at most so many of a function at once in a worker, at most so many a second and no more
 * resources than there are in a process.
 *
 * @module
 */
import type { DeclaredTask } from "../../core/session/session.ts";
import { fnv1a } from "./fnv.ts";
import { CELLS, type SharedLimits } from "./shared_limits.ts";
import type { Shares } from "./shares.ts";

/** Whether a task may begin. */
export type Admitted = { readonly kind: "yes" } | { readonly kind: "later"; readonly inMs: number };

const YES: Admitted = { kind: "yes" };
/** How often resources that another worker holds are asked for, in milliseconds. */
const ASK_MS = 20;

/** Admits the tasks of one worker. */
export class Admission {
  readonly #limits: SharedLimits;
  readonly #shares: Shares;
  readonly #now: () => number;
  readonly #running = new Map<string, number>();
  /** When the last turn of each function with a rate was taken here. */
  readonly #turns = new Map<string, number>();
  #ended = 0;

  constructor(limits: SharedLimits, shares: Shares, now: () => number) {
    this.#limits = limits;
    this.#shares = shares;
    this.#now = now;
  }

  /** Why no worker of this process can ever run a task; `undefined` where one can. */
  impossible({ definition }: DeclaredTask): string | undefined {
    for (const [name, amount] of Object.entries(definition.options?.resources ?? NONE)) {
      const index = this.#limits.resources.indexOf(name);
      const total = index < 0 ? 0 : this.#limits.totals[index] ?? 0;
      if (amount > total) return `${name}=${amount}`;
    }
    return undefined;
  }

  /** Lets a task begin, or says when to ask again. Whoever was let begin must {@linkcode end}. */
  admit(task: DeclaredTask): Admitted {
    const { options, name } = task.definition;
    if (options === undefined) return YES;
    const running = this.#running.get(name) ?? 0;
    if (options.concurrency !== undefined && running >= options.concurrency) return { kind: "later", inMs: Infinity };
    if (options.resources !== undefined && !this.#take(options.resources)) {
      return { kind: "later", inMs: this.impossible(task) === undefined ? ASK_MS : Infinity };
    }
    if (options.rate !== undefined) {
      const wait = this.#takeTurn(name, options.rate);
      if (wait > 0) {
        if (options.resources !== undefined) this.#giveBack(options.resources);
        return { kind: "later", inMs: wait };
      }
    }
    this.#running.set(name, running + 1);
    return YES;
  }

  /** How many tasks with limits are over. Each may make room for one that had to wait. */
  get ended(): number {
    return this.#ended;
  }

  /** A task that was let begin is over. */
  end({ definition }: DeclaredTask): void {
    const { options, name } = definition;
    if (options === undefined) return;
    this.#ended++;
    this.#running.set(name, (this.#running.get(name) ?? 1) - 1);
    if (options.resources !== undefined) this.#giveBack(options.resources);
  }

  /** A task that was let begin did not: its turn is another's. */
  withdraw(task: DeclaredTask): void {
    const { options, name } = task.definition;
    this.end(task);
    const taken = this.#turns.get(name);
    if (options?.rate === undefined || taken === undefined) return;
    this.#turns.delete(name);
    this.#shares.giveTurnBack(cellOf(name), intervalOf(options.rate), taken);
  }

  #take(wanted: Readonly<Record<string, number>>): boolean {
    const taken: Record<string, number> = {};
    for (const [name, amount] of Object.entries(wanted)) {
      const index = this.#limits.resources.indexOf(name);
      if (index < 0 || !this.#shares.takeAmount(index, amount)) {
        this.#giveBack(taken);
        return false;
      }
      taken[name] = amount;
    }
    return true;
  }

  #giveBack(taken: Readonly<Record<string, number>>): void {
    for (const [name, amount] of Object.entries(taken)) {
      this.#shares.giveBack(this.#limits.resources.indexOf(name), amount);
    }
  }

  /** Takes the next turn of a function if it has come; otherwise answers in how many milliseconds it will. */
  #takeTurn(name: string, rate: number): number {
    const now = Math.round((this.#now() - this.#limits.epoch) * 1000);
    const wait = this.#shares.takeTurn(cellOf(name), intervalOf(rate), now);
    if (wait === 0) this.#turns.set(name, now);
    return wait;
  }
}

function cellOf(name: string): number {
  return fnv1a(name) % CELLS;
}

/** In microseconds. */
function intervalOf(rate: number): number {
  return Math.round(1_000_000 / rate);
}

const NONE: Readonly<Record<string, number>> = {};
