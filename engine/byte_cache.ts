/**
 * A cache of byte strings, bounded by their total size.
 *
 * @module
 */

/** Keeps what was used last; a string over a quarter of the bound is not kept at all. */
export class ByteCache {
  // A Map iterates in the order of insertion, so the first entry is the one that was used longest ago.
  readonly #entries = new Map<string, Uint8Array>();
  readonly #limit: number;
  #size = 0;

  /** @param limit The bound in bytes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** What is kept, in bytes. */
  get size(): number {
    return this.#size;
  }

  get(key: string): Uint8Array | undefined {
    const bytes = this.#entries.get(key);
    if (bytes === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, bytes);
    return bytes;
  }

  set(key: string, bytes: Uint8Array): void {
    this.delete(key);
    if (bytes.byteLength > this.#limit / 4) return;
    // A view would keep the whole of what it is a part of, such as the answer to a batch.
    this.#entries.set(key, bytes.byteLength < bytes.buffer.byteLength ? bytes.slice() : bytes);
    this.#size += bytes.byteLength;
    for (const [oldest] of this.#entries) {
      if (this.#size <= this.#limit) break;
      this.delete(oldest);
    }
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  delete(key: string): void {
    const bytes = this.#entries.get(key);
    if (bytes === undefined) return;
    this.#entries.delete(key);
    this.#size -= bytes.byteLength;
  }
}
