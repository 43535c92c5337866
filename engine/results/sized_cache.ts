/**
 * A cache that limits the total size of its values.
 *
 * @module
 */

/** Options of {@linkcode SizedCache}. */
export interface SizedCacheOptions<T> {
  /** The maximum total size of the values, in bytes. 0 disables the cache. */
  readonly limit: number;
  /** Returns how much memory is free, in bytes. Called for a value larger than the limit. Default: returns 0. */
  readonly freeMemory?: (() => number) | undefined;
  /** Called with each value that leaves the cache or is too large for it, unless another value of its key replaces it. */
  readonly onDropped?: (value: T) => void;
}

interface Entry<T> {
  readonly value: T;
  readonly size: number;
}

/** A value larger than the limit is kept if this many times its size is free, since its users make copies of it. */
const ROOM = 4;

/**
 * Keeps the values that were used last. In addition it keeps one value larger than the limit, if there is enough free
 * memory.
 */
export class SizedCache<T> {
  // A Map iterates in insertion order, so the first entry is the least recently used.
  readonly #entries = new Map<string, Entry<T>>();
  readonly #limit: number;
  readonly #freeMemory: () => number;
  readonly #onDropped: (value: T) => void;
  #large: (Entry<T> & { readonly key: string }) | undefined;
  #size = 0;

  constructor({ limit, freeMemory = () => 0, onDropped = () => {} }: SizedCacheOptions<T>) {
    this.#limit = limit;
    this.#freeMemory = freeMemory;
    this.#onDropped = onDropped;
  }

  /** The total size of the kept values, in bytes. */
  get size(): number {
    return this.#size + (this.#large?.size ?? 0);
  }

  /** How many bytes can be added before other values are dropped. */
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

  /** Keeps a value of `size` bytes. If it is too large, only drops the previous value of `key`. */
  set(key: string, value: T, size: number): void {
    this.#take(key);
    if (size > this.#limit) {
      if (this.#limit > 0 && size * ROOM <= this.#freeMemory()) {
        if (this.#large !== undefined) this.#onDropped(this.#large.value);
        this.#large = { key, value, size };
      } else this.#onDropped(value);
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
    const entry = this.#take(key);
    if (entry !== undefined) this.#onDropped(entry.value);
  }

  #take(key: string): Entry<T> | undefined {
    const large = this.#large;
    if (large?.key === key) {
      this.#large = undefined;
      return large;
    }
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#size -= entry.size;
    return entry;
  }
}
