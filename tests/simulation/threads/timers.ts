/**
 * Timers and watches of a claimant. Nothing fires by itself. While code waits for a promise it drives the timers, and
 * the time until the next timer passes in the scheduler.
 *
 * @module
 */
import type { Timer } from "../../../backends/file/system/file_system.ts";
import type { Seam } from "./seam.ts";

/** The number of microtask turns to wait before concluding that only a timer can continue the work. */
const STEPS = 40;

/** Reports writes in watched folders. */
export interface Watches {
  /** Calls `touched` after writes. Returns a function that ends the watch. */
  add(touched: () => void): () => void;
}

/** The timers and watches of one claimant. */
export class ClaimantTimers implements Watches {
  readonly #seam: Seam;
  readonly #timers = new Map<number, { readonly due: number; readonly callback: () => void }>();
  readonly #watches = new Set<() => void>();
  #last = 0;

  constructor(seam: Seam) {
    this.#seam = seam;
  }

  readonly timer: Timer = (callback, ms) => {
    const id = ++this.#last;
    this.#timers.set(id, { due: this.#seam.clock + Math.max(ms, 0), callback });
    return () => void this.#timers.delete(id);
  };

  add(touched: () => void): () => void {
    this.#watches.add(touched);
    return () => void this.#watches.delete(touched);
  }

  /** Waits for `work`, firing timers in the meantime. */
  async drive<T>(work: Promise<T>): Promise<T> {
    let isSettled = false;
    const settle = () => {
      isSettled = true;
    };
    work.then(settle, settle);
    for (;;) {
      for (let step = 0; step < STEPS && !isSettled; step++) await Promise.resolve();
      if (isSettled) return await work;
      // Without a timer, the work waits for something real, such as loading a module.
      if (this.#timers.size === 0) await new Promise((resolve) => setTimeout(resolve, 0));
      else this.#passTime();
    }
  }

  #passTime(): void {
    let next: [number, { readonly due: number; readonly callback: () => void }] | undefined;
    for (const entry of this.#timers) if (next === undefined || entry[1].due < next[1].due) next = entry;
    if (next === undefined) return;
    const [timer, { due, callback }] = next;
    const orWhen = this.#watches.size > 0 ? "touched" : "nothing";
    if (this.#seam.ask({ kind: "pause", until: due, orWhen }) === "touched") {
      for (const touched of [...this.#watches]) touched();
      return;
    }
    this.#timers.delete(timer);
    callback();
  }
}
