/**
 * The shared counters of the workers of one run: free resources, the turns of functions with a rate, and the number of
 * tasks that may still run.
 *
 * Threads use shared memory. A worker in its own process asks the coordinator and waits for the answer.
 *
 * @module
 */
import type { ResourcePool } from "./resource_pool.ts";

/** The shared counters, as one worker uses them. */
export interface SharedCounters {
  /** Takes an amount of a resource if that much is free. Returns whether it did. */
  takeAmount(index: number, amount: number): boolean;
  giveBack(index: number, amount: number): void;
  /**
   * Takes the next turn of a cell if it is due. Returns in how many milliseconds it is due, 0 if it was taken.
   * `interval` and `now` are in microseconds.
   */
  takeTurn(cell: number, interval: number, now: number): number;
  /** Gives back an unused turn that was taken at `now`, unless another turn has been taken since. */
  giveTurnBack(cell: number, interval: number, now: number): void;
  /** Returns how many tasks may still run. */
  tasksLeft(): number;
  /** Lowers the number of tasks that may still run to `tasks`, if it is higher. */
  lowerTasks(tasks: number): void;
  /** Takes one task. Returns whether one was left. */
  takeTask(): boolean;
  /** Whether any worker has taken a task. */
  hasTaken(): boolean;
}

/** A question of a worker in its own process to the coordinator: a method of {@linkcode SharedCounters} and its arguments. */
export interface Question {
  readonly method: keyof SharedCounters;
  readonly args: readonly number[];
}

/** The number of tasks that means no limit. */
export const UNLIMITED_TASKS = 2 ** 31 - 1;

/** Creates two counters in shared memory: how many tasks the process may still run, and whether any was taken (1). */
export function newTaskBudget(maxTasks: number | undefined): Int32Array<SharedArrayBuffer> {
  const budget = new Int32Array(new SharedArrayBuffer(8));
  budget[0] = Math.min(maxTasks ?? UNLIMITED_TASKS, UNLIMITED_TASKS);
  return budget;
}

/** Returns the shared counters of workers in threads, which are in shared memory. */
export function memoryCounters(pool: ResourcePool, budget: Int32Array<SharedArrayBuffer>): SharedCounters {
  return {
    takeAmount(index, amount) {
      for (;;) {
        const free = Atomics.load(pool.amounts, index);
        if (free < amount) return false;
        if (Atomics.compareExchange(pool.amounts, index, free, free - amount) !== free) continue;
        if (pool.taken !== undefined) Atomics.add(pool.taken, index, amount);
        return true;
      }
    },
    giveBack(index, amount) {
      if (pool.taken !== undefined) Atomics.sub(pool.taken, index, amount);
      Atomics.add(pool.amounts, index, amount);
    },
    takeTurn(cell, interval, now) {
      for (;;) {
        const next = Atomics.load(pool.turns, cell);
        if (next > BigInt(now)) return (Number(next) - now) / 1000;
        if (Atomics.compareExchange(pool.turns, cell, next, BigInt(now + interval)) === next) return 0;
      }
    },
    giveTurnBack(cell, interval, now) {
      Atomics.compareExchange(pool.turns, cell, BigInt(now + interval), BigInt(now));
    },
    tasksLeft: () => Atomics.load(budget, 0),
    // Each worker loads the jugfile and sets the same limit, at different times. So the number is never raised.
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

/**
 * Returns the same resource pool for one worker, with a record of what it takes, so that this can be given back if the
 * worker is lost.
 */
export function withAccount(pool: ResourcePool): ResourcePool {
  return { ...pool, taken: new Int32Array(new SharedArrayBuffer(pool.amounts.byteLength)) };
}

/** Gives back the resources that a lost worker had taken. */
export function settleAccount({ taken, amounts }: ResourcePool): void {
  if (taken === undefined) return;
  for (let index = 0; index < taken.length; index++) {
    Atomics.add(amounts, index, Atomics.exchange(taken, index, 0));
  }
}

/**
 * Returns the shared counters of a worker in its own process.
 *
 * @param ask Asks the coordinator and waits for the answer.
 * @param isLimited Whether the number of tasks is limited from the start.
 */
export function remoteCounters(ask: (question: Question) => number, isLimited: boolean): SharedCounters {
  let limited = isLimited;
  let left: number | undefined;
  let hasTaken = false;
  return {
    takeAmount: (...args) => ask({ method: "takeAmount", args }) === 1,
    giveBack: (...args) => void ask({ method: "giveBack", args }),
    takeTurn: (...args) => ask({ method: "takeTurn", args }),
    giveTurnBack: (...args) => void ask({ method: "giveTurnBack", args }),
    // Cached, since asking each time would cost too much. `takeTask` notices what other workers took meanwhile.
    tasksLeft: () => limited ? left ??= ask({ method: "tasksLeft", args: [] }) : UNLIMITED_TASKS,
    lowerTasks(...args) {
      limited = true;
      left = undefined;
      ask({ method: "lowerTasks", args });
    },
    takeTask() {
      // The first task is reported even without a limit, so that `hasTaken` is true for all workers.
      if (!limited && hasTaken) return true;
      hasTaken = true;
      const taken = ask({ method: "takeTask", args: [] }) === 1;
      left = taken ? undefined : 0;
      return taken;
    },
    hasTaken: () => hasTaken ||= ask({ method: "hasTaken", args: [] }) === 1,
  };
}

/** Handles a worker's question: calls the method and returns its result as a number, 0 if it has none. */
export function answer(
  counters: SharedCounters,
  { method, args: [first = 0, second = 0, third = 0] }: Question,
): number {
  switch (method) {
    case "takeAmount":
      return Number(counters.takeAmount(first, second));
    case "giveBack":
      counters.giveBack(first, second);
      return 0;
    case "takeTurn":
      return counters.takeTurn(first, second, third);
    case "giveTurnBack":
      counters.giveTurnBack(first, second, third);
      return 0;
    case "tasksLeft":
      return counters.tasksLeft();
    case "lowerTasks":
      counters.lowerTasks(first);
      return 0;
    case "takeTask":
      return Number(counters.takeTask());
    case "hasTaken":
      return Number(counters.hasTaken());
  }
}
