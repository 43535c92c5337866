/**
 * One task while it runs: its attempts, its log, and the ways in which it may be cut short.
 *
 * @module
 */
import type { Lock } from "../../backends/backend.ts";
import { formatArguments } from "../../core/format.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import { Attempt, type AttemptVoice } from "./attempt.ts";
import { reportError } from "../store/error_report.ts";
import { LogBuffer } from "./log_buffer.ts";

/** What a running task has to say while it runs. */
export interface TaskVoice {
  /** A piece of text, for the terminal. */
  output(running: RunningTask, stream: "stdout" | "stderr", text: string): void;
  progress(label: string, fraction: number, note: string | undefined): void;
}

/** How waiting for something asynchronous ended. */
export type Ended<T> = { readonly kind: "ended"; readonly value: T } | { readonly kind: "given-up" };

/** How long an attempt may take, in milliseconds. */
export interface TimeLimit {
  readonly timeout: number;
  /** What is left of it. */
  readonly left: number;
}

/** After its signal fired, a task may take this long to end by itself, in milliseconds. */
const ABORT_GRACE_MS = 250;

/** One task while it runs, with all its attempts. */
export class RunningTask implements AttemptVoice {
  readonly #voice: TaskVoice;
  #current: Attempt = new Attempt(1, this);
  #label: string | undefined;
  #log: LogBuffer | undefined;
  #giveUp: (() => void) | undefined;
  #isGivenUp = false;

  constructor(readonly task: DeclaredTask, readonly lock: Lock, voice: TaskVoice) {
    this.#voice = voice;
  }

  /** The attempt that is under way. */
  get current(): Attempt {
    return this.#current;
  }

  /** Its number, counted from 1. */
  get attempt(): number {
    return this.#current.attempt;
  }

  /** The task as a call, cut to a line. */
  get label(): string {
    return this.#label ??= `${this.task.name}(${formatArguments(this.task.args, 60)})`;
  }

  /** Keeps what the task prints, and shows it. */
  print(stream: "stdout" | "stderr", text: string): void {
    this.keep(text);
    this.#voice.output(this, stream, text);
  }

  /** Keeps a text in the task's log and shows it nowhere. */
  keep(text: string): void {
    (this.#log ??= new LogBuffer()).write(text);
  }

  /** What the task printed so far, all attempts together. */
  get logText(): string | undefined {
    return this.#log?.text();
  }

  tellProgress(fraction: number, note: string | undefined): void {
    this.#voice.progress(this.label, fraction, note);
  }

  /** Begins another attempt, with a signal of its own. */
  beginAttempt(attempt: number): void {
    this.#current = new Attempt(attempt, this);
    if (this.#isGivenUp) this.#current.abort(givenUp());
  }

  /** The process ends: the task is told, and no longer waited for. */
  giveUp(): void {
    this.#isGivenUp = true;
    this.#current.abort(givenUp());
    this.#giveUp?.();
  }

  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** Tells the attempt, by its signal, that its time is up; the answer is what it fails with. */
  timeOut(timeout: number): DOMException {
    const error = new DOMException(`it took longer than its timeout of ${timeout} ms`, "TimeoutError");
    this.#current.abort(error);
    return error;
  }

  /**
   * Waits for an attempt, at most `limit.left` milliseconds of its `limit.timeout`.
   *
   * @throws TimeoutError where it takes longer; it is told by its signal first, and then abandoned.
   */
  async wait<T>(work: PromiseLike<T>, limit: TimeLimit | undefined): Promise<Ended<T>> {
    const attempt = this.#current;
    let timedOut: DOMException | undefined;
    const timers: ReturnType<typeof setTimeout>[] = [];
    const races: Promise<Ended<T>>[] = [
      Promise.resolve(work).then((value): Ended<T> => ({ kind: "ended", value }), (thrown: unknown) => {
        // A task that heeds its signal ends with an error of its own about it; the timeout says more.
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

  /** Pauses before the next attempt, no longer than a timer can wait: a pause that doubles comes there some day. */
  async pause(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await this.wait(new Promise<void>((resolve) => timer = setTimeout(resolve, ms)), undefined);
    clearTimeout(timer);
  }
}

function givenUp(): DOMException {
  return new DOMException("the process ends", "AbortError");
}

/** What is said when an attempt failed and another follows. */
export function retryText({ attempt }: RunningTask, thrown: unknown, pauseMs: number): string {
  const { name, message } = reportError(thrown);
  return `attempt ${attempt} failed (${name}: ${message}), the next one follows in ${pauseMs} ms`;
}
