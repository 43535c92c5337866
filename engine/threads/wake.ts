/**
 * Waiting for whatever comes first.
 *
 * @module
 */

/** Something to wait on that may be woken from several sides. A wake-up while nobody waits is kept for the next. */
export class Wake {
  #pending = false;
  #resolve: (() => void) | undefined;

  /** Ends the current wait, or the next. */
  wake(): void {
    if (this.#resolve === undefined) this.#pending = true;
    else this.#resolve();
  }

  /** Waits until woken, at most `ms` milliseconds; answers whether it was woken. */
  async wait(ms: number): Promise<boolean> {
    if (this.#pending) {
      this.#pending = false;
      return true;
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const woken = await new Promise<boolean>((resolve) => {
      this.#resolve = () => resolve(true);
      if (Number.isFinite(ms)) timer = setTimeout(() => resolve(false), ms);
    });
    clearTimeout(timer);
    this.#resolve = undefined;
    return woken;
  }
}

/**
 * Lets all that waits have its turn, timers that are due and messages from other threads too, which one
 * {@linkcode turn} does not promise (Deno 2.9: with busy work between two of them neither was seen to come). Takes one to
 * two milliseconds.
 */
export function fullTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/**
 * Lets a turn of the event loop pass: messages arrive, timers fire, promises settle. A message to oneself takes some fifty
 * microseconds; a timer of 0 ms would take two thousand, and `setImmediate` starves the messages of other threads.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
