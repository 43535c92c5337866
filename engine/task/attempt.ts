/**
 * One attempt at a task: what its function may ask. An attempt that was abandoned may go on in secret, so its signal must
 * stay fired when the next one has begun.
 *
 * @module
 */
import { AsyncResource } from "node:async_hooks";
import { format } from "node:util";
import type { TaskContext, TaskLogger } from "../../core/session/context.ts";

/** Where an attempt prints, and tells how far it is: the task that it belongs to. */
export interface AttemptVoice {
  print(stream: "stdout" | "stderr", text: string): void;
  tellProgress(fraction: number, note: string | undefined): void;
}

/** One attempt at a task. Most ask for nothing, so nothing is made before it is asked for. */
export class Attempt implements TaskContext {
  readonly #voice: AttemptVoice;
  #controller: AbortController | undefined;
  #fire: ((reason: DOMException) => void) | undefined;
  #reason: DOMException | undefined;

  constructor(readonly attempt: number, voice: AttemptVoice) {
    this.#voice = voice;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController();
      this.#controller = controller;
      // Its listeners are the task's own: what they print belongs to the task, whoever fires the signal.
      this.#fire = AsyncResource.bind((reason: DOMException) => controller.abort(reason));
      if (this.#reason !== undefined) this.#fire(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Whether the function asked for its signal, so that it may heed it. */
  get hasSignal(): boolean {
    return this.#controller !== undefined;
  }

  abort(reason: DOMException): void {
    this.#reason ??= reason;
    this.#fire?.(this.#reason);
  }

  get log(): TaskLogger {
    return {
      info: (...data) => this.print("stdout", format(...data) + "\n"),
      warn: (...data) => this.print("stderr", format(...data) + "\n"),
      error: (...data) => this.print("stderr", format(...data) + "\n"),
    };
  }

  print(stream: "stdout" | "stderr", text: string): void {
    this.#voice.print(stream, text);
  }

  /** A function of its own, so that it may be taken out of the context. */
  get progress(): (fraction: number, note?: string) => void {
    return (fraction, note) => this.#voice.tellProgress(Math.min(1, Math.max(0, fraction)), note);
  }
}
