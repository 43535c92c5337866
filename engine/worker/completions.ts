/**
 * Stores results in batches if the backend's calls are expensive, but delays none for long.
 *
 * @module
 */
import type { Lock } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import type { Encoded } from "../results/run_info.ts";
import type { Store } from "../results/store.ts";

/** A result that was computed. */
export interface Completed extends Encoded {
  readonly task: DeclaredTask;
  readonly hash: Hash;
  readonly lock: Lock;
  /** How long the task ran, in milliseconds. */
  readonly ms: number;
  /** Whether it was computed from results that were not stored yet. */
  readonly isBasedOnOthers?: boolean;
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
  readonly #onLost: (items: readonly Completed[]) => void;
  #items: Completed[] = [];
  /** The tasks of `#items`. Each batch has a set of its own, which is garbage when the batch is stored. */
  #hashes = new Set<Hash>();
  /** The tasks of the batches that are being stored. */
  readonly #storing = new Set<ReadonlySet<Hash>>();
  #flushing: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasStored = false;
  #isHalted = false;
  /** When the oldest of the collected results was added. */
  #since: number | undefined;

  /**
   * @param now Returns milliseconds since 1970
   * @param onStored Called with results that others can see from now on
   * @param onLost Called with results that were not stored: other workers have taken the tasks over
   */
  constructor(
    store: Store,
    now: () => number,
    onStored: (items: readonly Completed[]) => Promise<void>,
    onLost: (items: readonly Completed[]) => void,
  ) {
    this.#store = store;
    this.#now = now;
    this.#onLost = onLost;
    this.#batchSize = store.backend.batchSize;
    this.#onStored = onStored;
  }

  /** Whether any result was ever stored. */
  get hasStored(): boolean {
    return this.#hasStored;
  }

  /** Whether the result of a task is collected, or being stored. */
  isPending(hash: Hash): boolean {
    return this.#hashes.has(hash) || this.#storing.values().some((hashes) => hashes.has(hash));
  }

  /**
   * Adds a result. Stores it at once if the backend's calls are cheap. Returns a promise only if there is something to
   * wait for.
   */
  add(item: Completed): Promise<void> | undefined {
    if (this.#batchSize === 1) return this.#storeAll([item], new Set());
    this.#items.push(item);
    this.#hashes.add(item.hash);
    this.#since ??= this.#now();
    const isLate = item.ms >= FLUSH_MS || this.#now() - this.#since >= FLUSH_MS;
    if (this.#items.length >= this.#batchSize || isLate) return this.flush();
    // This fires while an asynchronous task runs, but not inside a synchronous one. If it fails, the next flush
    // rejects, too.
    this.#timer ??= setTimeout(() => this.flush().catch(() => {}), FLUSH_MS);
    return undefined;
  }

  /**
   * Stores nothing from now on: the thread is about to end, and its claims are no longer valid. On a busy machine,
   * timers may still fire after a call of `Deno.exit`.
   */
  halt(): void {
    this.#isHalted = true;
    clearTimeout(this.#timer);
  }

  /** Stores all collected results. */
  async flush(): Promise<void> {
    const [items, hashes] = [this.#items, this.#hashes];
    this.#items = [];
    this.#since = undefined;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    // One after another: a caller also waits for an earlier flush that is still running, and gets its error.
    if (items.length > 0) {
      this.#hashes = new Set();
      this.#storing.add(hashes);
      this.#flushing = this.#flushing.then(() => this.#storeAll(items, hashes));
    }
    await this.#flushing;
  }

  /** `hashes`: the set of theirs that says that they are being stored. */
  async #storeAll(items: readonly Completed[], hashes: ReadonlySet<Hash>): Promise<void> {
    if (this.#isHalted) return;
    const outcomes = await this.#store.complete(items);
    this.#storing.delete(hashes);
    const lost = items.filter((_, i) => outcomes[i] === "lost");
    if (lost.length > 0) this.#onLost(lost);
    this.#hasStored ||= lost.length < items.length;
    await this.#onStored(lost.length === 0 ? items : items.filter((_, i) => outcomes[i] !== "lost"));
  }
}
