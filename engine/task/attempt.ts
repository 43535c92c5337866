/**
 * One attempt at a task, and the context that its function gets. An abandoned attempt may still be running, so each
 * attempt has its own signal, which stays aborted when the next attempt begins.
 *
 * @module
 */
import { AsyncResource } from "node:async_hooks";
import { format } from "node:util";
import type { TaskContext, TaskLogger } from "../../core/session/context.ts";

/** Where an attempt prints and reports its progress: the task that it belongs to. */
export interface AttemptVoice {
  print(stream: "stdout" | "stderr", text: string): void;
  tellProgress(fraction: number, note: string | undefined): void;
}

/** One attempt at a task. Most functions use none of this, so its parts are created on first use. */
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
      // Run the listeners in the context of the task, so that their output belongs to it, wherever `abort` is called.
      this.#fire = AsyncResource.bind((reason: DOMException) => controller.abort(reason));
      if (this.#reason !== undefined) this.#fire(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Whether the function has read its signal, so that it may react to it. */
  get hasSignal(): boolean {
    return this.#controller !== undefined;
  }

  /** Aborts the signal, also if the function reads it only later. The first reason counts. */
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

  /** Returns a closure, so that it can be destructured from the context. */
  get progress(): (fraction: number, note?: string) => void {
    return (fraction, note) => this.#voice.tellProgress(Math.min(1, Math.max(0, fraction)), note);
  }
}
