/**
 * Watches the time limits of tasks from outside: a thread in a synchronous function that never returns can neither
 * receive nor send messages.
 *
 * @module
 */
import type { Lock } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import { LONGEST_WAIT_MS } from "../../core/defaults.ts";
import { LogBuffer } from "../task/log_buffer.ts";

/** A running attempt of a task. */
export interface Attempt {
  readonly lock: Lock;
  readonly name: string;
  /** The task as a call. */
  readonly label: string;
  readonly attempt: number;
  /** In milliseconds. Infinity for a task without a limit, which is watched only in case its process dies. */
  readonly timeout: number;
}

/** An attempt that is watched. */
export interface WatchedAttempt extends Attempt {
  /** When it began, in milliseconds since 1970. */
  readonly start: number;
  /** The output of the task. */
  readonly log: LogBuffer;
}

/** What a run prints when a worker is replaced since `label`, a call, is still running after its limit. */
export function hungText(label: string, isThread: boolean): string {
  return isThread
    ? `${label} does not return: Deno cannot stop its thread, which keeps running until this process ends ` +
      "(--isolate would stop it)"
    : `${label} does not return: its process is killed`;
}

/** How long a worker may take to give up an asynchronous task by itself, in milliseconds. */
const GRACE_MS = 500;
/** How long it may take if other tasks of the worker may block its thread, in milliseconds. */
const WAITING_GRACE_MS = 10_000;
/** How long to wait for messages that are still under way when the time is up, in milliseconds. */
const HEARING_MS = 50;

interface Watch {
  readonly attempt: WatchedAttempt;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Watches the tasks of all workers. */
export class Watchdog {
  readonly #onExceeded: (worker: number, attempt: WatchedAttempt) => void;
  readonly #now: () => number;
  readonly #watches = new Map<number, Map<Hash, Watch>>();

  /** `onExceeded`: called for a worker's task that is still running some time after its limit. */
  constructor(onExceeded: (worker: number, attempt: WatchedAttempt) => void, now: () => number) {
    this.#onExceeded = onExceeded;
    this.#now = now;
  }

  begin(worker: number, attempt: Attempt): void {
    const { hash } = attempt.lock;
    const log = this.#watches.get(worker)?.get(hash)?.attempt.log ?? new LogBuffer();
    this.over(worker, hash);
    const watch: Watch = { attempt: { ...attempt, start: this.#now(), log }, timer: undefined };
    const watches = this.#watches.get(worker) ?? new Map<Hash, Watch>();
    this.#watches.set(worker, watches.set(hash, watch));
    this.#limit(worker, watch, attempt.timeout + GRACE_MS);
  }

  /**
   * Extends the limit of an attempt whose function has returned a promise. From now on another task may block the
   * worker beyond the limit of this one. The worker gives this one up by itself as soon as it can.
   */
  waits(worker: number, hash: Hash): void {
    const watch = this.#watches.get(worker)?.get(hash);
    if (watch === undefined) return;
    clearTimeout(watch.timer);
    this.#limit(worker, watch, watch.attempt.timeout + WAITING_GRACE_MS);
  }

  #limit(worker: number, watch: Watch, afterMs: number): void {
    if (afterMs > LONGEST_WAIT_MS) return;
    watch.timer = setTimeout(() => {
      watch.timer = setTimeout(() => this.#onExceeded(worker, watch.attempt), HEARING_MS);
    }, afterMs);
  }

  over(worker: number, hash: Hash): void {
    clearTimeout(this.#watches.get(worker)?.get(hash)?.timer);
    this.#watches.get(worker)?.delete(hash);
  }

  /** Records what a task printed: its worker may end before it can store the log. */
  heard(worker: number, hash: Hash | undefined, text: string): void {
    if (hash !== undefined) this.#watches.get(worker)?.get(hash)?.attempt.log.write(text);
  }

  /** Stops watching a worker; returns the attempts that it was running. */
  forget(worker: number): WatchedAttempt[] {
    const watches = [...this.#watches.get(worker)?.values() ?? []];
    for (const { timer } of watches) clearTimeout(timer);
    this.#watches.delete(worker);
    return watches.map(({ attempt }) => attempt);
  }

  /** Stops watching all workers. */
  end(): void {
    for (const worker of [...this.#watches.keys()]) this.forget(worker);
  }
}
