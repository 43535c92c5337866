/**
 * Opens compound tasks: calls their functions, which declare tasks.
 *
 * @module
 */
import type { DeclaredTask } from "../../core/session/session.ts";

/** Callbacks for compound tasks that are being opened. */
export interface OpenCompoundEvents {
  /** The function has ended, and the tasks that it declared are known. */
  readonly opened: (task: DeclaredTask) => void;
  /** The function threw. */
  readonly failed: (error: unknown) => void;
  /** Called after either of the two. */
  readonly ended: () => void;
}

/** The functions of compound tasks that are running. They may be waiting at barriers. */
export class OpenCompounds {
  readonly #events: OpenCompoundEvents;
  #count = 0;

  constructor(events: OpenCompoundEvents) {
    this.#events = events;
  }

  /** The number of functions that have not ended. */
  get count(): number {
    return this.#count;
  }

  /** Calls the function of `task` and reports the outcome through the callbacks. */
  begin(task: DeclaredTask): void {
    this.#count++;
    const end = (tell: () => void): void => {
      this.#count--;
      tell();
      this.#events.ended();
    };
    task.compound?.open().then(
      () => end(() => this.#events.opened(task)),
      (error: unknown) => end(() => this.#events.failed(error)),
    );
  }
}
