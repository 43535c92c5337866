/**
 * Watches tasks from outside: a synchronous function that never returns lets its thread neither hear nor say anything.
 *
 * @module
 */
import type { Lock } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import { LONGEST_WAIT_MS } from "../../core/limits.ts";
import { LogBuffer } from "../task/log_buffer.ts";

/** An attempt that runs. */
export interface Attempt {
  readonly lock: Lock;
  readonly name: string;
  /** The task as a call. */
  readonly label: string;
  readonly attempt: number;
  /** In milliseconds; Infinity for a task without a limit, which is known here only in case its process dies. */
  readonly timeout: number;
}

/** An attempt that is watched. */
export interface WatchedAttempt extends Attempt {
  /** When it began, in milliseconds since 1970. */
  readonly start: number;
  /** What it printed. */
  readonly log: LogBuffer;
}

/** A worker gives up asynchronous tasks by itself, and may take this long for it, in milliseconds. */
const GRACE_MS = 500;
/** How long it may take where other tasks of the worker may be in the way, in milliseconds. */
const WAITING_GRACE_MS = 10_000;
/** Messages that are on their way when the time is up are heard first, in milliseconds. */
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

  /** `onExceeded` is told of a worker's task that is still not over some time after its limit. */
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
   * The function of an attempt has returned a promise. From now on another task may hold up their worker beyond the limit of
   * this one, which the worker gives up by itself as soon as it can.
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

  /** A task printed something: its worker may not live to store it. */
  heard(worker: number, hash: Hash | undefined, text: string): void {
    if (hash !== undefined) this.#watches.get(worker)?.get(hash)?.attempt.log.write(text);
  }

  /** Stops watching a worker; answers what it was at. */
  forget(worker: number): WatchedAttempt[] {
    const watches = [...this.#watches.get(worker)?.values() ?? []];
    for (const { timer } of watches) clearTimeout(timer);
    this.#watches.delete(worker);
    return watches.map(({ attempt }) => attempt);
  }

  /** Stops watching. */
  end(): void {
    for (const worker of [...this.#watches.keys()]) this.forget(worker);
  }
}
