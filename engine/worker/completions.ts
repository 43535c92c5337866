/**
 * Stores results in batches if the backend's calls are expensive, but delays none for long.
 *
 * @module
 */
import type { Lock } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import type { Store } from "../results/store.ts";

/** A result that was computed. */
export interface Completed {
  readonly task: DeclaredTask;
  readonly hash: Hash;
  readonly bytes: Uint8Array;
  readonly lock: Lock;
  /** How long the task ran, in milliseconds. */
  readonly ms: number;
}

/**
 * Results wait for a shared call at most this long, in milliseconds. A result that took as long to compute does not
 * wait.
 */
const FLUSH_MS = 20;

/** Collects results and stores them. */
export class Completions {
  readonly #store: Store;
  readonly #batchSize: number;
  readonly #now: () => number;
  readonly #onStored: (items: readonly Completed[]) => Promise<void>;
  #items: Completed[] = [];
  #flushing: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasStored = false;
  /** When the oldest of the collected results was added. */
  #since: number | undefined;

  /** `now`: milliseconds since 1970. `onStored`: called with results that others can see from now on. */
  constructor(store: Store, now: () => number, onStored: (items: readonly Completed[]) => Promise<void>) {
    this.#store = store;
    this.#now = now;
    this.#batchSize = store.backend.batchSize;
    this.#onStored = onStored;
  }

  /** Whether any result was ever stored. */
  get hasStored(): boolean {
    return this.#hasStored;
  }

  /** Adds a result. Stores it at once if the backend's calls are cheap. */
  async add(item: Completed): Promise<void> {
    if (this.#batchSize === 1) return await this.#storeAll([item]);
    this.#items.push(item);
    this.#since ??= this.#now();
    const isLate = item.ms >= FLUSH_MS || this.#now() - this.#since >= FLUSH_MS;
    if (this.#items.length >= this.#batchSize || isLate) return await this.flush();
    // This fires while an asynchronous task runs, but not inside a synchronous one. If it fails, the next flush
    // rejects, too.
    this.#timer ??= setTimeout(() => this.flush().catch(() => {}), FLUSH_MS);
  }

  /** Stores all collected results. */
  async flush(): Promise<void> {
    const items = this.#items;
    this.#items = [];
    this.#since = undefined;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    // One after another: a caller also waits for an earlier flush that is still running, and gets its error.
    if (items.length > 0) this.#flushing = this.#flushing.then(() => this.#storeAll(items));
    await this.#flushing;
  }

  async #storeAll(items: readonly Completed[]): Promise<void> {
    await this.#store.complete(items);
    this.#hasStored = true;
    await this.#onStored(items);
  }
}
