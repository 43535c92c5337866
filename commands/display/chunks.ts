/**
 * Writes long output in pieces, so that it is never one text.
 *
 * @module
 */

/** The length of a piece, in characters: enough that the cost of a call does not matter. */
const PIECE = 1 << 16;

/** Collects text, and writes it whenever there is enough for a piece. */
export class Chunks {
  readonly #write: (text: string) => void;
  #parts: string[] = [];
  #length = 0;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  add(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
    if (this.#length >= PIECE) this.end();
  }

  /** Writes what is left. */
  end(): void {
    if (this.#length > 0) this.#write(this.#parts.join(""));
    this.#parts = [];
    this.#length = 0;
  }
}
