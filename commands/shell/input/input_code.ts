/**
 * Builds code from an input, and maps positions in the code back to the input.
 *
 * @module
 */

/** A part of the code that was copied from the input. */
interface Piece {
  /** Its start in the code. */
  readonly at: number;
  /** Its start in the input. */
  readonly from: number;
  readonly length: number;
}

/** Code that consists of parts of a source and of generated text. */
export class InputCode {
  readonly #source: string;
  readonly #shift: number | undefined;
  readonly #pieces: Piece[] = [];
  #text = "";

  /**
   * `shift`: the number of characters in front of the source that are not in the input; `undefined` if positions in the
   * source do not correspond to positions in the input.
   */
  constructor(source: string, shift: number | undefined) {
    this.#source = source;
    this.#shift = shift;
  }

  get text(): string {
    return this.#text;
  }

  /** Appends generated text. */
  add(text: string): void {
    this.#text += text;
  }

  /** Appends a part of the source. */
  copy({ start, end }: { readonly start: number; readonly end: number }): void {
    if (this.#shift !== undefined) {
      this.#pieces.push({ at: this.#text.length, from: start - this.#shift, length: end - start });
    }
    this.#text += this.#source.slice(start, end);
  }

  /** Appends the code of `other`. */
  append(other: InputCode): void {
    for (const piece of other.#pieces) this.#pieces.push({ ...piece, at: piece.at + this.#text.length });
    this.#text += other.#text;
  }

  /**
   * Maps a position in the code to an offset in the input; `undefined` if there is none. `line` and `column` count from
   * 1, as V8 does.
   */
  placeOf(line: number, column: number): number | undefined {
    let lineStart = 0;
    for (let n = 1; n < line; n++) {
      const end = this.#text.indexOf("\n", lineStart);
      if (end < 0) return undefined;
      lineStart = end + 1;
    }
    const at = lineStart + column - 1;
    // An error that V8 reports in generated text belongs to the copied part that follows on the same line.
    const piece = this.#pieces.find((piece) => at < piece.at + piece.length);
    if (piece === undefined || this.#text.slice(at, piece.at).includes("\n")) return undefined;
    return piece.from + Math.max(0, at - piece.at);
  }
}
