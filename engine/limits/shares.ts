/**
 * What the workers of one run share: resources, the turns of functions with a rate, how many tasks may still run.
 *
 * Threads share memory. A worker in a process of its own asks the coordinator, and waits for the answer.
 *
 * @module
 */
import type { SharedLimits } from "./shared_limits.ts";

/** The common stock, as one worker uses it. */
export interface Shares {
  /** Takes an amount of a resource, if so much is free. */
  takeAmount(index: number, amount: number): boolean;
  giveBack(index: number, amount: number): void;
  /** Takes the next turn of a cell if it has come, and answers 0; else in how many milliseconds it will. Times in microseconds. */
  takeTurn(cell: number, interval: number, now: number): number;
  /** Gives back a turn that was taken at `now` and not used, unless another has been taken since. */
  giveTurnBack(cell: number, interval: number, now: number): void;
  /** How many tasks may still run. */
  tasksLeft(): number;
  /** No more than `tasks` may still run. */
  lowerTasks(tasks: number): void;
  /** Takes one task; whether there was one left. */
  takeTask(): boolean;
  /** Whether one was taken by any worker. */
  hasTaken(): boolean;
}

/** What is asked of the coordinator by a worker in a process of its own: a method of {@linkcode Shares} and its arguments. */
export interface Question {
  readonly method: keyof Shares;
  readonly args: readonly number[];
}

/** The number of tasks that stands for no limit. */
export const UNLIMITED_TASKS = 2 ** 31 - 1;

/** How many tasks a process may run, counted down by all its workers; then whether any was taken. */
export function newTaskBudget(maxTasks: number | undefined): Int32Array<SharedArrayBuffer> {
  const budget = new Int32Array(new SharedArrayBuffer(8));
  budget[0] = Math.min(maxTasks ?? UNLIMITED_TASKS, UNLIMITED_TASKS);
  return budget;
}

/** The stock in shared memory. */
export function memoryShares(limits: SharedLimits, budget: Int32Array<SharedArrayBuffer>): Shares {
  return {
    takeAmount(index, amount) {
      for (;;) {
        const free = Atomics.load(limits.amounts, index);
        if (free < amount) return false;
        if (Atomics.compareExchange(limits.amounts, index, free, free - amount) !== free) continue;
        if (limits.taken !== undefined) Atomics.add(limits.taken, index, amount);
        return true;
      }
    },
    giveBack(index, amount) {
      if (limits.taken !== undefined) Atomics.sub(limits.taken, index, amount);
      Atomics.add(limits.amounts, index, amount);
    },
    takeTurn(cell, interval, now) {
      for (;;) {
        const next = Atomics.load(limits.turns, cell);
        if (next > BigInt(now)) return (Number(next) - now) / 1000;
        if (Atomics.compareExchange(limits.turns, cell, next, BigInt(now + interval)) === next) return 0;
      }
    },
    giveTurnBack(cell, interval, now) {
      Atomics.compareExchange(limits.turns, cell, BigInt(now + interval), BigInt(now));
    },
    tasksLeft: () => Atomics.load(budget, 0),
    // Every worker loads the jugfile and asks for the same limit, at its own time: the least that is left counts.
    lowerTasks(tasks) {
      for (let left = Atomics.load(budget, 0); tasks < left; left = Atomics.load(budget, 0)) {
        if (Atomics.compareExchange(budget, 0, left, tasks) === left) return;
      }
    },
    takeTask() {
      Atomics.store(budget, 1, 1);
      return Atomics.sub(budget, 0, 1) > 0;
    },
    hasTaken: () => Atomics.load(budget, 1) === 1,
  };
}

/** The same limits for one worker, with an account of what it takes: whoever ends it gives that back. */
export function withAccount(limits: SharedLimits): SharedLimits {
  return { ...limits, taken: new Int32Array(new SharedArrayBuffer(limits.amounts.byteLength)) };
}

/** Gives back what a worker took that is gone. */
export function settleAccount({ taken, amounts }: SharedLimits): void {
  if (taken === undefined) return;
  for (let index = 0; index < taken.length; index++) {
    Atomics.add(amounts, index, Atomics.exchange(taken, index, 0));
  }
}

/** The stock of a worker that must `ask` for everything. `isLimited`: whether the number of tasks is limited from the start. */
export function askedShares(ask: (question: Question) => number, isLimited: boolean): Shares {
  let limited = isLimited;
  let left: number | undefined;
  let hasTaken = false;
  return {
    takeAmount: (...args) => ask({ method: "takeAmount", args }) === 1,
    giveBack: (...args) => void ask({ method: "giveBack", args }),
    takeTurn: (...args) => ask({ method: "takeTurn", args }),
    giveTurnBack: (...args) => void ask({ method: "giveTurnBack", args }),
    // What others take meanwhile is met by `takeTask`: a question before each look would cost too much.
    tasksLeft: () => limited ? left ??= ask({ method: "tasksLeft", args: [] }) : UNLIMITED_TASKS,
    lowerTasks(...args) {
      limited = true;
      left = undefined;
      ask({ method: "lowerTasks", args });
    },
    takeTask() {
      // The first one is told of in any case: see `hasTaken`.
      if (!limited && hasTaken) return true;
      hasTaken = true;
      const taken = ask({ method: "takeTask", args: [] }) === 1;
      left = taken ? undefined : 0;
      return taken;
    },
    hasTaken: () => hasTaken ||= ask({ method: "hasTaken", args: [] }) === 1,
  };
}

/** The answer to a worker's question: what the method answers, as a number. */
export function answer(shares: Shares, { method, args: [first = 0, second = 0, third = 0] }: Question): number {
  switch (method) {
    case "takeAmount":
      return Number(shares.takeAmount(first, second));
    case "giveBack":
      shares.giveBack(first, second);
      return 0;
    case "takeTurn":
      return shares.takeTurn(first, second, third);
    case "giveTurnBack":
      shares.giveTurnBack(first, second, third);
      return 0;
    case "tasksLeft":
      return shares.tasksLeft();
    case "lowerTasks":
      shares.lowerTasks(first);
      return 0;
    case "takeTask":
      return Number(shares.takeTask());
    case "hasTaken":
      return Number(shares.hasTaken());
  }
}
