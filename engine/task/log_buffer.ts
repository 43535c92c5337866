/**
 * Keeps the output of a task up to a maximum size: its beginning and its end, without the middle.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** The maximum size, in bytes of UTF-8. */
const LIMIT = 64 * 1024;
/** Reserved for the line that reports the cut, in bytes. */
const GAP_BYTES = 64;
/** How many bytes of the beginning, and of the end, are kept of a longer text. */
const HALF = (LIMIT - GAP_BYTES) / 2;

/** A text of limited size that is written from beginning to end. */
export class LogBuffer {
  #head = "";
  #headBytes = 0;
  #tail = "";
  #tailBytes = 0;
  #cutBytes = 0;

  /** Appends text. */
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
    // Trim only when the tail exceeds LIMIT, since each trimming copies it.
    if (this.#tailBytes > LIMIT) this.#trim();
  }

  #trim(): void {
    const [cut, tail] = splitAt(this.#tail, this.#tailBytes - HALF);
    this.#cutBytes += Buffer.byteLength(cut);
    this.#tail = tail;
    this.#tailBytes = Buffer.byteLength(tail);
  }

  /** Returns the kept text; `undefined` if nothing was written. */
  text(): string | undefined {
    if (this.#head === "" && this.#tail === "") return undefined;
    const isWhole = this.#cutBytes === 0 && this.#headBytes + this.#tailBytes <= LIMIT;
    if (isWhole) return this.#head + this.#tail;
    if (this.#tailBytes > HALF) this.#trim();
    return `${this.#head}\n[… ${this.#cutBytes} bytes cut …]\n${this.#tail}`;
  }
}

/** Splits a text after about `bytes` bytes, without splitting a character. */
function splitAt(text: string, bytes: number): [head: string, tail: string] {
  const encoded = Buffer.from(text);
  let at = bytes;
  while (isContinuation(encoded[at])) at++;
  return [encoded.toString("utf8", 0, at), encoded.toString("utf8", at)];
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
