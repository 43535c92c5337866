/**
 * A table of hashes in typed arrays. A million hashes take 30 MB; as strings in a `Map`, they would take 150 MB, and
 * each would have to be made from bytes first.
 *
 * @module
 */
import type { Hash } from "./brand.ts";

/** The length of a hash, in bytes. */
export const HASH_BYTES = 20;
const WORDS = HASH_BYTES / 4;
const FIRST_CAPACITY = 64;
/** Marks an empty slot. */
const EMPTY = -1;

/** Writes the bytes of a hash at `at`. */
export function writeHash(hash: Hash, bytes: Uint8Array, at: number): void {
  bytes.subarray(at, at + HASH_BYTES).setFromHex(hash);
}

/** Returns the hash whose bytes begin at `at`. */
export function readHash(bytes: Uint8Array, at: number): Hash {
  return bytes.subarray(at, at + HASH_BYTES).toHex() as Hash; // always 40 hexadecimal digits
}

/**
 * Numbers hashes in the order in which they are added. Hashes are distributed evenly, so their first bytes serve as the
 * place in the table (open addressing, at most half full).
 */
export class HashTable {
  #keys = new Uint32Array(FIRST_CAPACITY * WORDS);
  #slots = new Int32Array(FIRST_CAPACITY * 2).fill(EMPTY);
  #size = 0;
  readonly #words = new Uint32Array(WORDS);
  readonly #bytes = new Uint8Array(this.#words.buffer);

  /** How many hashes it has. */
  get size(): number {
    return this.#size;
  }

  /** Returns the number of a hash, or -1. */
  find(hash: Hash): number {
    this.#bytes.setFromHex(hash);
    return this.#slots[this.#locate()] ?? EMPTY;
  }

  /** Returns the number of the hash whose bytes begin at `at`. Adds it if it is new. */
  add(bytes: Uint8Array, at: number): number {
    for (let i = 0; i < HASH_BYTES; i++) this.#bytes[i] = bytes[at + i] ?? 0;
    return this.#addWords();
  }

  /** Returns the number of a hash. Adds it if it is new. */
  addHash(hash: Hash): number {
    this.#bytes.setFromHex(hash);
    return this.#addWords();
  }

  /** Like {@linkcode add}, for the hash in `#words`. */
  #addWords(): number {
    const slot = this.#locate();
    const known = this.#slots[slot] ?? EMPTY;
    if (known !== EMPTY) return known;
    const number = this.#size++;
    this.#slots[slot] = number;
    if (this.#size * WORDS > this.#keys.length) this.#keys = grown(this.#keys);
    this.#keys.set(this.#words, number * WORDS);
    if (this.#size * 2 > this.#slots.length) this.#rehash();
    return number;
  }

  /** Returns the hash with this number. */
  at(number: number): Hash {
    return readHash(new Uint8Array(this.#keys.buffer), number * HASH_BYTES);
  }

  /** Returns the slot that has the hash in `#words`, or the empty slot where it belongs. */
  #locate(): number {
    // No loop over the words, and each field is read once: this is most of the time of a command on a million tasks.
    const slots = this.#slots;
    const keys = this.#keys;
    const a = this.#words[0] ?? 0;
    const b = this.#words[1];
    const c = this.#words[2];
    const d = this.#words[3];
    const e = this.#words[4];
    const mask = slots.length - 1;
    for (let slot = a & mask;; slot = (slot + 1) & mask) {
      const number = slots[slot] ?? EMPTY;
      if (number === EMPTY) return slot;
      const at = number * WORDS;
      if (keys[at] !== a || keys[at + 1] !== b || keys[at + 2] !== c) continue;
      if (keys[at + 3] === d && keys[at + 4] === e) return slot;
    }
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(EMPTY);
    const mask = slots.length - 1;
    for (let number = 0; number < this.#size; number++) {
      let slot = (this.#keys[number * WORDS] ?? 0) & mask;
      while (slots[slot] !== EMPTY) slot = (slot + 1) & mask;
      slots[slot] = number;
    }
    this.#slots = slots;
  }
}

function grown(words: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(words.length * 2);
  larger.set(words);
  return larger;
}
