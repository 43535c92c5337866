/**
 * Collects bytes for SHA-256. Short pieces are gathered in a buffer and hashed in one call. Long byte arrays are hashed
 * without a copy.
 *
 * @module
 */
import { createHash, hash as hashOnce } from "node:crypto";

/** Byte arrays of this length or more go to the digest directly, without a copy. */
const LONG = 1 << 16;

/** A position in the buffer. It is valid until the buffer is rewound. */
export interface Place {
  /** The offset in the buffer. */
  readonly at: number;
  /** How often the buffer had been rewound. */
  readonly rewinds: number;
}

/** Collects bytes for SHA-256. All numbers are little-endian. */
export class DigestSink {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #start = 0;
  #end = 0;
  #stream: ReturnType<typeof createHash> | undefined;
  #rewinds = 0;

  /** Whether the buffer is too large to be kept for the next use: more than 1 MiB. */
  get isLarge(): boolean {
    return this.#bytes.length > 1 << 20;
  }

  /** The place of the next byte, for {@linkcode repeat}. */
  get place(): Place {
    return { at: this.#end, rewinds: this.#rewinds };
  }

  /** Whether the bytes written from `place` on are still in the buffer. */
  holds(place: Place): boolean {
    return place.rewinds === this.#rewinds;
  }

  /** Writes the bytes between two places again. */
  repeat(from: Place, to: Place): void {
    const count = to.at - from.at;
    this.#reserve(count);
    this.#bytes.copyWithin(this.#end, from.at, to.at);
    this.#end += count;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#end++] = value;
  }

  /**
   * Writes a non-negative integer: seven bits per byte, the lowest first. A high bit says that another byte follows.
   */
  length(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#end++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#end++] = rest;
  }

  /** Writes a number as eight bytes of IEEE 754. -0 is written as 0, and every NaN is written as the same NaN. */
  number(value: number): void {
    this.#reserve(8);
    if (Number.isNaN(value)) {
      this.#view.setUint32(this.#end, 0, true);
      this.#view.setUint32(this.#end + 4, 0x7ff80000, true);
    } else {
      this.#view.setFloat64(this.#end, value === 0 ? 0 : value, true);
    }
    this.#end += 8;
  }

  /** Writes one byte per code unit. The caller ensures that all code units are below 256. */
  ascii(text: string): void {
    this.#reserve(text.length);
    for (let i = 0; i < text.length; i++) this.#bytes[this.#end++] = text.charCodeAt(i);
  }

  /**
   * Writes a tagged string: `s`, its length, and one byte per code unit if all are below 256; otherwise `S`, its
   * length, and two bytes per code unit.
   */
  string(text: string): void {
    const before = this.#end;
    this.byte(0x73);
    this.length(text.length);
    this.#reserve(text.length);
    const bytes = this.#bytes;
    let end = this.#end;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0xff) return this.#wide(text, before);
      bytes[end++] = unit;
    }
    this.#end = end;
  }

  #wide(text: string, before: number): void {
    this.#end = before;
    this.byte(0x53);
    this.length(text.length);
    this.#reserve(2 * text.length);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      this.#bytes[this.#end++] = unit & 0xff;
      this.#bytes[this.#end++] = unit >> 8;
    }
  }

  /** Writes bytes, without their length. */
  raw(bytes: Uint8Array): void {
    if (bytes.length < LONG) {
      this.#reserve(bytes.length);
      this.#bytes.set(bytes, this.#end);
      this.#end += bytes.length;
      return;
    }
    this.#stream ??= createHash("sha256");
    this.#stream.update(this.#gathered()).update(bytes);
    this.#end = this.#start;
    this.#rewinds++;
  }

  /** Returns the SHA-256 (64 hex digits) of what `write` writes. These bytes are not part of the surrounding digest. */
  digestOf(write: () => void): string {
    const [start, stream] = [this.#start, this.#stream];
    this.#start = this.#end;
    this.#stream = undefined;
    write();
    const digest = this.finish();
    this.#end = this.#start;
    this.#rewinds++;
    [this.#start, this.#stream] = [start, stream];
    return digest;
  }

  /** Returns the SHA-256 (64 hex digits) of all bytes so far. */
  finish(): string {
    const gathered = this.#gathered();
    return this.#stream === undefined
      ? hashOnce("sha256", gathered, "hex")
      : this.#stream.update(gathered).digest("hex");
  }

  /** Prepares the sink for the next digest. */
  reset(): void {
    this.#start = this.#end = 0;
    this.#rewinds++;
    this.#stream = undefined;
  }

  #gathered(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  #reserve(count: number): void {
    const needed = this.#end + count;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
