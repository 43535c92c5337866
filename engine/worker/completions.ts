/**
 * Results on their way to the backend: stored together where a call is worth sharing, but never kept waiting for long.
 *
 * @module
 */
import type { Lock } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import type { Store } from "../store/store.ts";

/** A result that was computed. */
export interface Completed {
  readonly task: DeclaredTask;
  readonly hash: Hash;
  readonly bytes: Uint8Array;
  readonly lock: Lock;
  /** How long it ran, in milliseconds. */
  readonly ms: number;
}

/** Results are stored together up to this age in milliseconds; one that took as long to compute is not kept waiting at all. */
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
  /** When the first of the items was taken over. */
  #since: number | undefined;

  /** `now`: milliseconds since 1970. `onStored` is told what others can see from now on. */
  constructor(store: Store, now: () => number, onStored: (items: readonly Completed[]) => Promise<void>) {
    this.#store = store;
    this.#now = now;
    this.#batchSize = store.backend.batchSize;
    this.#onStored = onStored;
  }

  /** Whether anything was ever stored. */
  get hasStored(): boolean {
    return this.#hasStored;
  }

  /** Takes a result over; where no call is to be shared it is stored at once. */
  async add(item: Completed): Promise<void> {
    if (this.#batchSize === 1) return await this.#storeAll([item]);
    this.#items.push(item);
    this.#since ??= this.#now();
    const isLate = item.ms >= FLUSH_MS || this.#now() - this.#since >= FLUSH_MS;
    if (this.#items.length >= this.#batchSize || isLate) return await this.flush();
    // Fires while an asynchronous task runs, not inside a synchronous one; what fails then is met again by the next flush.
    this.#timer ??= setTimeout(() => this.flush().catch(() => {}), FLUSH_MS);
  }

  /** Stores all that was collected. */
  async flush(): Promise<void> {
    const items = this.#items;
    this.#items = [];
    this.#since = undefined;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    // One after another: who waits for this one waits for an earlier one that is under way, and learns if it failed.
    if (items.length > 0) this.#flushing = this.#flushing.then(() => this.#storeAll(items));
    await this.#flushing;
  }

  async #storeAll(items: readonly Completed[]): Promise<void> {
    await this.#store.complete(items);
    this.#hasStored = true;
    await this.#onStored(items);
  }
}
