/**
 * Lets a worker with much to do yield to the event loop now and then.
 *
 * @module
 */
import { fullTurn, turn } from "../threads/wake.ts";

/** How often to yield so that messages can arrive, in milliseconds. */
const YIELD_MS = 20;
/** How often to yield for a full turn (see {@linkcode fullTurn}), in milliseconds. */
const FULL_TURN_MS = 100;

/** What a {@linkcode EventYield} works with. */
export interface EventYieldParts {
  /** Called before the loop yields. */
  readonly before: () => void;
  /** Called after the loop has yielded, to limit the use of memory. */
  readonly keepMemory: (() => void) | undefined;
  readonly now: () => number;
}

/** Yields when it is time to. */
export class EventYield {
  readonly #parts: EventYieldParts;
  #last = 0;
  #lastFullTurn = 0;

  constructor(parts: EventYieldParts) {
    this.#parts = parts;
  }

  /** Yields if the last time was {@linkcode YIELD_MS} ago, so that messages and signals arrive. */
  async ifDue(): Promise<void> {
    const { before, keepMemory, now } = this.#parts;
    if (now() - this.#last < YIELD_MS) return;
    before();
    await turn();
    // A full turn is slow, so a worker with tiny tasks does not wait for one each time.
    if (now() - this.#lastFullTurn >= FULL_TURN_MS) {
      await fullTurn();
      this.#lastFullTurn = now();
    }
    keepMemory?.();
    this.#last = now();
  }
}
