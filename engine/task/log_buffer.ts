/**
 * What a task prints, bounded: the beginning and the end are kept, the middle is cut.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** The most bytes (UTF-8) that are kept. */
const LIMIT = 64 * 1024;
/** What the line about the cut may take. */
const GAP_BYTES = 64;
/** How much of the beginning and of the end is kept of what is longer. */
const HALF = (LIMIT - GAP_BYTES) / 2;

/** A bounded text that is written from its beginning to its end. */
export class LogBuffer {
  #head = "";
  #headBytes = 0;
  #tail = "";
  #tailBytes = 0;
  #cutBytes = 0;

  /** Adds to the end. */
  write(text: string): void {
    const bytes = Buffer.byteLength(text);
    if (this.#tail === "") {
      if (this.#headBytes + bytes <= HALF) {
        this.#head += text;
        this.#headBytes += bytes;
        return;
      }
      const [head, tail] = splitAt(text, HALF - this.#headBytes);
      this.#head += head;
      this.#headBytes += Buffer.byteLength(head);
      text = tail;
    }
    this.#tail += text;
    this.#tailBytes += Buffer.byteLength(text);
    // Cut back only now and then, since each time copies the tail.
    if (this.#tailBytes > LIMIT) this.#trim();
  }

  #trim(): void {
    const [cut, tail] = splitAt(this.#tail, this.#tailBytes - HALF);
    this.#cutBytes += Buffer.byteLength(cut);
    this.#tail = tail;
    this.#tailBytes = Buffer.byteLength(tail);
  }

  /** All that is kept, `undefined` where nothing was written. */
  text(): string | undefined {
    if (this.#head === "" && this.#tail === "") return undefined;
    const isWhole = this.#cutBytes === 0 && this.#headBytes + this.#tailBytes <= LIMIT;
    if (isWhole) return this.#head + this.#tail;
    if (this.#tailBytes > HALF) this.#trim();
    return `${this.#head}\n[… ${this.#cutBytes} bytes cut …]\n${this.#tail}`;
  }
}

/** A text in two, after about so many bytes: no character is torn. */
function splitAt(text: string, bytes: number): [head: string, tail: string] {
  const encoded = Buffer.from(text);
  let at = bytes;
  while (isContinuation(encoded[at])) at++;
  return [encoded.toString("utf8", 0, at), encoded.toString("utf8", at)];
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
