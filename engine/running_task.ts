/**
 * One task while it runs: its context, its log, and the ways in which it may be cut short.
 *
 * @module
 */
import { format } from "node:util";
import type { Lock } from "../backends/backend.ts";
import { formatArguments } from "../core/format.ts";
import type { DeclaredTask } from "../core/session.ts";
import type { TaskContext, TaskLogger } from "../core/task_context.ts";
import { LogBuffer } from "./log_buffer.ts";

/** What a running task has to say while it runs. */
export interface TaskVoice {
  /** A piece of text, for the terminal. */
  output(label: string, stream: "stdout" | "stderr", text: string): void;
  progress(label: string, fraction: number, note: string | undefined): void;
}

/** How waiting for something asynchronous ended. */
export type Ended<T> = { readonly kind: "ended"; readonly value: T } | { readonly kind: "given-up" };

/** After its signal fired, a task may take this long to end by itself, in milliseconds. */
const ABORT_GRACE_MS = 250;

/** One task while it runs. Most tasks ask for nothing, so nothing is made before it is asked for. */
export class RunningTask implements TaskContext {
  attempt = 1;
  readonly #voice: TaskVoice;
  #label: string | undefined;
  #controller: AbortController | undefined;
  #log: LogBuffer | undefined;
  #giveUp: (() => void) | undefined;
  #isGivenUp = false;

  constructor(readonly task: DeclaredTask, readonly lock: Lock, voice: TaskVoice) {
    this.#voice = voice;
  }

  /** The task as a call, cut to a line. */
  get label(): string {
    return this.#label ??= `${this.task.name}(${formatArguments(this.task.args, 60)})`;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isGivenUp) this.#controller.abort(givenUp());
    return this.#controller.signal;
  }

  get log(): TaskLogger {
    return {
      info: (...data) => this.print("stdout", format(...data) + "\n"),
      warn: (...data) => this.print("stderr", format(...data) + "\n"),
      error: (...data) => this.print("stderr", format(...data) + "\n"),
    };
  }

  /** Keeps what the task prints, and shows it. */
  print(stream: "stdout" | "stderr", text: string): void {
    this.keep(text);
    this.#voice.output(this.label, stream, text);
  }

  /** Keeps a text in the task's log and shows it nowhere. */
  keep(text: string): void {
    (this.#log ??= new LogBuffer()).write(text);
  }

  /** What the task printed so far, all attempts together. */
  get logText(): string | undefined {
    return this.#log?.text();
  }

  /** A function of its own, so that it may be taken out of the context. */
  get progress(): (fraction: number, note?: string) => void {
    return (fraction, note) => this.#voice.progress(this.label, Math.min(1, Math.max(0, fraction)), note);
  }

  /** Begins another attempt, with a signal of its own. */
  beginAttempt(attempt: number): void {
    this.attempt = attempt;
    this.#controller = undefined;
  }

  /** The process ends: the task is told, and no longer waited for. */
  giveUp(): void {
    this.#isGivenUp = true;
    this.#controller?.abort(givenUp());
    this.#giveUp?.();
  }

  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /**
   * Waits for an attempt, at most `timeout` milliseconds.
   *
   * @throws TimeoutError where it takes longer; it is told by its signal first, and then abandoned.
   */
  async wait<T>(work: PromiseLike<T>, timeout: number | undefined): Promise<Ended<T>> {
    const timers: ReturnType<typeof setTimeout>[] = [];
    const races: Promise<Ended<T>>[] = [
      Promise.resolve(work).then((value): Ended<T> => ({ kind: "ended", value })),
      new Promise((resolve) => {
        this.#giveUp = () => resolve({ kind: "given-up" });
        if (this.#isGivenUp) this.#giveUp();
      }),
    ];
    if (timeout !== undefined) {
      races.push(
        new Promise((_, reject) => {
          const error = new DOMException(`it took longer than its timeout of ${timeout} ms`, "TimeoutError");
          timers.push(setTimeout(() => {
            this.#controller?.abort(error);
            // A task that heeds its signal ends with an error of its own about it; the timeout says more.
            timers.push(setTimeout(() => reject(error), this.#controller === undefined ? 0 : ABORT_GRACE_MS));
          }, timeout));
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

  /** Pauses before the next attempt. */
  async pause(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await this.wait(new Promise<void>((resolve) => timer = setTimeout(resolve, ms)), undefined);
    clearTimeout(timer);
  }
}

function givenUp(): DOMException {
  return new DOMException("the process ends", "AbortError");
}
