/**
 * Compound tasks on their way to declare what they stand for.
 *
 * @module
 */
import type { DeclaredTask } from "../../core/session/session.ts";

/** What is told of compound tasks that are opened. */
export interface OpeningEvents {
  /** The function is over, and what it declared is known. */
  readonly opened: (task: DeclaredTask) => void;
  /** The function threw. */
  readonly failed: (error: unknown) => void;
  /** Either of the two happened. */
  readonly ended: () => void;
}

/** The functions of compound tasks that run right now; they may stand at barriers of their own. */
export class Openings {
  readonly #events: OpeningEvents;
  #count = 0;

  constructor(events: OpeningEvents) {
    this.#events = events;
  }

  /** How many have not ended. */
  get count(): number {
    return this.#count;
  }

  /** Calls the function of `task`; whatever comes of it is told. */
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
