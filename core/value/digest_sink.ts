/**
 * Bytes on their way into SHA-256: short ones are gathered and hashed in one call, long ones are never copied.
 *
 * @module
 */
import { createHash, hash as hashOnce } from "node:crypto";

/** Byte arrays of this length or more go into the digest as they are. */
const LONG = 1 << 16;

/** Where a byte stands, as long as the bytes before it were not handed on. */
export interface Place {
  readonly at: number;
  readonly rewinds: number;
}

/** Bytes on their way into SHA-256. All numbers are little-endian. */
export class DigestSink {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #start = 0;
  #end = 0;
  #stream: ReturnType<typeof createHash> | undefined;
  #rewinds = 0;

  /** Whether it has grown so large that it should not be kept for the next use. */
  get isLarge(): boolean {
    return this.#bytes.length > 1 << 20;
  }

  /** Where the next byte goes, for {@linkcode repeat}. */
  get place(): Place {
    return { at: this.#end, rewinds: this.#rewinds };
  }

  /** Whether what was written from `place` on is still here. */
  holds(place: Place): boolean {
    return place.rewinds === this.#rewinds;
  }

  /** Writes once more what stands between two places. */
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

  /** A non-negative integer, seven bits a byte, the lowest first; the high bit says that more follow. */
  length(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#end++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#end++] = rest;
  }

  /** Eight bytes of IEEE 754; one zero, one NaN. */
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

  /** One byte a code unit; the caller knows that they fit. */
  ascii(text: string): void {
    this.#reserve(text.length);
    for (let i = 0; i < text.length; i++) this.#bytes[this.#end++] = text.charCodeAt(i);
  }

  /** A tagged string: `s`, length and one byte a code unit where all fit, else `S`, length and two bytes a code unit. */
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

  /** Bytes as they are, without their length. */
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

  /** The SHA-256, 64 hex digits, of what `write` puts in; it does not go into the digest outside. */
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

  /** The SHA-256, 64 hex digits, of everything so far. */
  finish(): string {
    const gathered = this.#gathered();
    return this.#stream === undefined
      ? hashOnce("sha256", gathered, "hex")
      : this.#stream.update(gathered).digest("hex");
  }

  /** Makes ready for the next digest. */
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
