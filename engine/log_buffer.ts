/**
 * What a task prints, bounded: the beginning and the end are kept, the middle is cut.
 *
 * @module
 */

/** The most characters that are kept; a UTF-16 unit is one byte in most logs. */
const LIMIT = 64 * 1024;
const HALF = LIMIT / 2;

/** A bounded text that is written from its beginning to its end. */
export class LogBuffer {
  #head = "";
  #tail = "";
  #cut = 0;

  /** Adds to the end. */
  write(text: string): void {
    const room = HALF - this.#head.length;
    if (room > 0 && this.#tail === "") {
      this.#head += text.slice(0, room);
      text = text.slice(room);
    }
    if (text === "") return;
    this.#tail += text;
    // Cut back only now and then, since each time copies the tail.
    if (this.#tail.length > LIMIT) this.#trim();
  }

  #trim(): void {
    const excess = this.#tail.length - HALF;
    if (excess <= 0) return;
    this.#cut += excess;
    this.#tail = this.#tail.slice(excess);
  }

  /** All that is kept, `undefined` where nothing was written. */
  text(): string | undefined {
    this.#trim();
    if (this.#head === "") return undefined;
    const gap = this.#cut === 0 ? "" : `\n[… ${this.#cut} characters cut …]\n`;
    return this.#head + gap + this.#tail;
  }
}
