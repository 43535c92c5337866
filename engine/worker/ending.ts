/**
 * Whether a worker must end before all is done, and why.
 *
 * @module
 */
import type { StopReason } from "../messages/messages.ts";

/** The end of one worker's run, as requested by its parts. The first reason and the first fault count. */
export class Ending {
  readonly #onLimit: (text: string) => void;
  #reason: StopReason | undefined;
  #fault: { readonly error: unknown } | undefined;

  /** `onLimit`: called with the limit that ends the run. */
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

  /** An error of the worker itself or of a hook; the run rejects with it. */
  get fault(): { readonly error: unknown } | undefined {
    return this.#fault;
  }

  ask(reason: StopReason): void {
    this.#reason ??= reason;
  }

  /** Ends the run because a requested limit is reached. This is not a failure. */
  limit(text: string): void {
    this.ask({ kind: "limit", text });
    this.#onLimit(text);
  }

  fail(error: unknown): void {
    this.#fault ??= { error };
    this.ask({ kind: "failure" });
  }
}
