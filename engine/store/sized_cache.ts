/**
 * A cache that is bounded by the size of what it holds.
 *
 * @module
 */

/** Options of {@linkcode SizedCache}. */
export interface SizedCacheOptions {
  /** What all of it may take together, in bytes. */
  readonly limit: number;
  /** How much memory is free, in bytes; asked for what is larger than the limit. Default: none. */
  readonly freeMemory?: (() => number) | undefined;
}

interface Entry<T> {
  readonly value: T;
  readonly size: number;
}

/** Something larger than the limit is kept if so many times its size is free: whoever uses it makes copies of it. */
const ROOM = 4;

/**
 * Keeps what was used last. Of all that is larger than the limit it keeps one, beside the rest, and only where the machine
 * has room for it.
 */
export class SizedCache<T> {
  // A Map iterates in the order of insertion, so the first entry is the one that was used longest ago.
  readonly #entries = new Map<string, Entry<T>>();
  readonly #limit: number;
  readonly #freeMemory: () => number;
  #large: (Entry<T> & { readonly key: string }) | undefined;
  #size = 0;

  constructor({ limit, freeMemory = () => 0 }: SizedCacheOptions) {
    this.#limit = limit;
    this.#freeMemory = freeMemory;
  }

  /** What is kept, in bytes. */
  get size(): number {
    return this.#size + (this.#large?.size ?? 0);
  }

  /** How much more can be kept without losing anything, in bytes. */
  get room(): number {
    return this.#limit - this.#size;
  }

  get(key: string): T | undefined {
    if (this.#large?.key === key) return this.#large.value;
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Keeps a value of `size` bytes, or forgets what was kept for `key` where that is too large. */
  set(key: string, value: T, size: number): void {
    this.delete(key);
    if (size > this.#limit) {
      if (this.#limit > 0 && size * ROOM <= this.#freeMemory()) this.#large = { key, value, size };
      return;
    }
    this.#entries.set(key, { value, size });
    this.#size += size;
    for (const oldest of this.#entries.keys()) {
      if (this.#size <= this.#limit) break;
      this.delete(oldest);
    }
  }

  has(key: string): boolean {
    return this.#large?.key === key || this.#entries.has(key);
  }

  delete(key: string): void {
    if (this.#large?.key === key) this.#large = undefined;
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#size -= entry.size;
  }
}
