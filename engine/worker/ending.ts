/**
 * Whether a worker is to end before all is done, and why.
 *
 * @module
 */
import type { StopReason } from "../messages/messages.ts";

/** The end of one worker's run, as its parts ask for it. The first reason and the first fault count. */
export class Ending {
  readonly #onLimit: (text: string) => void;
  #reason: StopReason | undefined;
  #fault: { readonly error: unknown } | undefined;

  /** `onLimit` is told of a limit that ends the run. */
  constructor(onLimit: (text: string) => void) {
    this.#onLimit = onLimit;
  }

  /** Whether no further task may begin. */
  get isAsked(): boolean {
    return this.#reason !== undefined;
  }

  /** Why no further task may begin. */
  get reason(): StopReason | undefined {
    return this.#reason;
  }

  /** What went wrong with the worker itself, or with a hook; the run rejects with it. */
  get fault(): { readonly error: unknown } | undefined {
    return this.#fault;
  }

  ask(reason: StopReason): void {
    this.#reason ??= reason;
  }

  /** A limit that was asked for is reached: no failure. */
  limit(text: string): void {
    this.ask({ kind: "limit", text });
    this.#onLimit(text);
  }

  fail(error: unknown): void {
    this.#fault ??= { error };
    this.ask({ kind: "failure" });
  }
}
