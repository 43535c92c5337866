/**
 * Ways to wait: for an event with a timeout, and for turns of the event loop.
 *
 * @module
 */

/**
 * An event that can be awaited with a timeout, by one waiter at a time. A wake-up while nothing waits is kept for the
 * next wait.
 */
export class Wake {
  #pending = false;
  #resolve: (() => void) | undefined;

  /** Ends the current wait, or else the next one. */
  wake(): void {
    if (this.#resolve === undefined) this.#pending = true;
    else this.#resolve();
  }

  /** Waits until woken, at most `ms` milliseconds. Returns whether it was woken. */
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
 * Lets everything that is pending run, including due timers and messages from other threads. One {@linkcode turn} does
 * not guarantee this: in Deno 2.9, with busy work between two turns, neither timers nor messages arrived. Takes one to
 * two milliseconds.
 */
export function fullTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/**
 * Lets one turn of the event loop pass: messages arrive, timers fire, promises settle. It posts a message to its own
 * port, which takes about 50 microseconds. A timer of 0 ms would take about 2000, and `setImmediate` starves messages
 * from other threads.
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
