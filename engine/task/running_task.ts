/**
 * A task that is running: its attempts, its log, its timeout, and giving it up.
 *
 * @module
 */
import type { Lock } from "../../backends/backend.ts";
import { formatCall } from "../../core/format.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import { Attempt, type AttemptVoice } from "./attempt.ts";
import { reportTaskError, Secrets } from "../results/secrets.ts";
import { LogBuffer } from "./log_buffer.ts";
import type { TaskSpan } from "../telemetry/task_spans.ts";

/** Callbacks for what a running task reports. */
export interface TaskVoice {
  /** Receives output for the terminal. */
  output(running: RunningTask, stream: "stdout" | "stderr", text: string): void;
  progress(label: string, fraction: number, note: string | undefined): void;
}

/** The outcome of waiting for something asynchronous. */
export type Ended<T> = { readonly kind: "ended"; readonly value: T } | { readonly kind: "given-up" };

/** How long an attempt may take, in milliseconds. */
export interface TimeLimit {
  readonly timeout: number;
  /** How much of it is left. */
  readonly left: number;
}

/** How long an attempt that timed out may take to end by itself, after its signal was aborted, in milliseconds. */
const ABORT_GRACE_MS = 250;

/** A task that is running, with all its attempts. */
export class RunningTask implements AttemptVoice {
  /** The span of the current attempt; `undefined` if spans are off. */
  span: TaskSpan | undefined = undefined;
  readonly #voice: TaskVoice;
  #current: Attempt = new Attempt(1, this);
  #label: string | undefined;
  #log: LogBuffer | undefined;
  #secrets: Secrets | undefined;
  #giveUp: (() => void) | undefined;
  #isGivenUp = false;
  #isPausing = false;

  /** `since`: when it begins, in milliseconds since 1970. */
  constructor(readonly task: DeclaredTask, readonly lock: Lock, voice: TaskVoice, readonly since: number) {
    this.#voice = voice;
  }

  /** The current attempt. */
  get current(): Attempt {
    return this.#current;
  }

  /** The number of the current attempt, counted from 1. */
  get attempt(): number {
    return this.#current.attempt;
  }

  /** The task as a call, shortened to one line. */
  get label(): string {
    return this.#label ??= formatCall(this.task);
  }

  /** Adds output of the task to its log, and shows it. */
  print(stream: "stdout" | "stderr", text: string): void {
    const shown = this.#conceal(text);
    this.keep(shown);
    this.span?.print(stream, shown);
    this.#voice.output(this, stream, shown);
  }

  /** Adds a text to the task's log without showing it. */
  keep(text: string): void {
    (this.#log ??= new LogBuffer()).write(text);
  }

  /** The output of the task so far, of all attempts together. */
  get logText(): string | undefined {
    const text = this.#log?.text();
    // A secret may have been printed in two pieces.
    return text === undefined ? undefined : this.#conceal(text);
  }

  tellProgress(fraction: number, note: string | undefined): void {
    this.#voice.progress(this.label, fraction, note === undefined ? undefined : this.#conceal(note));
  }

  #conceal(text: string): string {
    return (this.#secrets ??= new Secrets(this.task.args)).conceal(text);
  }

  /** Starts another attempt, with a new signal. */
  beginAttempt(attempt: number): void {
    this.#current = new Attempt(attempt, this);
    if (this.#isGivenUp) this.#current.abort(givenUp());
  }

  /** Gives the task up because the process ends: aborts its signal and stops waiting for it. */
  giveUp(): void {
    this.#isGivenUp = true;
    this.#current.abort(givenUp());
    this.#giveUp?.();
  }

  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** Whether it waits for its next attempt. */
  get isPausing(): boolean {
    return this.#isPausing;
  }

  /** Aborts the signal of the current attempt because its time is up. Returns the error that the attempt fails with. */
  timeOut(timeout: number): DOMException {
    const error = new DOMException(`it took longer than its timeout of ${timeout} ms`, "TimeoutError");
    this.#current.abort(error);
    return error;
  }

  /**
   * Waits for an attempt, at most `limit.left` milliseconds of its `limit.timeout`. If it takes longer, aborts its
   * signal. An attempt that has read its signal then gets {@linkcode ABORT_GRACE_MS} to end by itself.
   *
   * @throws {DOMException} named "TimeoutError" if it takes longer.
   * @throws what `work` rejects with.
   */
  async wait<T>(work: PromiseLike<T>, limit: TimeLimit | undefined): Promise<Ended<T>> {
    const attempt = this.#current;
    let timedOut: DOMException | undefined;
    const timers: ReturnType<typeof setTimeout>[] = [];
    const races: Promise<Ended<T>>[] = [
      Promise.resolve(work).then((value): Ended<T> => ({ kind: "ended", value }), (thrown: unknown) => {
        // A function that reacts to its signal throws an error about that. The timeout explains more.
        throw timedOut ?? thrown;
      }),
      new Promise((resolve) => {
        this.#giveUp = () => resolve({ kind: "given-up" });
        if (this.#isGivenUp) this.#giveUp();
      }),
    ];
    if (limit !== undefined) {
      races.push(
        new Promise((_, reject) => {
          timers.push(setTimeout(() => {
            const error = this.timeOut(limit.timeout);
            timedOut = error;
            timers.push(setTimeout(() => reject(error), attempt.hasSignal ? ABORT_GRACE_MS : 0));
          }, limit.left));
        }),
      );
    }
    try {
      return await Promise.race(races);
    } finally {
      for (const timer of timers) clearTimeout(timer);
      this.#giveUp = undefined;
    }
  }

  /** Pauses before the next attempt; giving the task up ends the pause. `ms` must not exceed what a timer can wait. */
  async pause(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    this.#isPausing = true;
    await this.wait(new Promise<void>((resolve) => timer = setTimeout(resolve, ms)), undefined);
    this.#isPausing = false;
    clearTimeout(timer);
  }
}

function givenUp(): DOMException {
  return new DOMException("the process ends", "AbortError");
}

/** Returns the text that reports a failed attempt that is followed by another. */
export function retryText({ attempt, task }: RunningTask, thrown: unknown, pauseMs: number): string {
  const { name, message } = reportTaskError(task, thrown);
  return `attempt ${attempt} failed (${name}: ${message}), the next one follows in ${pauseMs} ms`;
}
