/**
 * Code that is made from an input, and the way back from a place in it to the input.
 *
 * @module
 */

interface Piece {
  /** Where it begins in the code. */
  readonly at: number;
  /** Where it begins in the input. */
  readonly from: number;
  readonly length: number;
}

/** Code that is put together from parts of a source and what goes between them. */
export class InputCode {
  readonly #source: string;
  readonly #shift: number | undefined;
  readonly #pieces: Piece[] = [];
  #text = "";

  /** `shift`: the source has so many characters in front that the input has not; `undefined` where nothing is where it was. */
  constructor(source: string, shift: number | undefined) {
    this.#source = source;
    this.#shift = shift;
  }

  get text(): string {
    return this.#text;
  }

  /** What the input does not hold. */
  add(text: string): void {
    this.#text += text;
  }

  /** A part of the source, as it is. */
  copy({ start, end }: { readonly start: number; readonly end: number }): void {
    if (this.#shift !== undefined) {
      this.#pieces.push({ at: this.#text.length, from: start - this.#shift, length: end - start });
    }
    this.#text += this.#source.slice(start, end);
  }

  /** The other's code behind this one's. */
  append(other: InputCode): void {
    for (const piece of other.#pieces) this.#pieces.push({ ...piece, at: piece.at + this.#text.length });
    this.#text += other.#text;
  }

  /** The place in the input of a place in the code, both of which are counted from one in V8's way; `undefined`: in none. */
  placeOf(line: number, column: number): number | undefined {
    let lineStart = 0;
    for (let n = 1; n < line; n++) {
      const end = this.#text.indexOf("\n", lineStart);
      if (end < 0) return undefined;
      lineStart = end + 1;
    }
    const at = lineStart + column - 1;
    // What V8 blames on what was added is the fault of the part that follows in the same line.
    const piece = this.#pieces.find((piece) => at < piece.at + piece.length);
    if (piece === undefined || this.#text.slice(at, piece.at).includes("\n")) return undefined;
    return piece.from + Math.max(0, at - piece.at);
  }
}
