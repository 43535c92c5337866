/**
 * Lines at the bottom of a terminal that are redrawn in place, while other text scrolls by above them.
 *
 * @module
 */
import stringWidth from "npm:string-width@8";

/** The terminal to draw on. */
export interface Screen {
  /** Writes text to the terminal unchanged. */
  readonly write: (text: string) => void;
  readonly columns: () => number;
}

const CLEAR_LINE = "\r\x1b[2K";
const UP = "\x1b[A";

/** The redrawn lines. The cursor stays below the last one, so the terminal remains usable if the process dies. */
export class LiveBlock {
  readonly #screen: Screen;
  /** The width of each line on the screen. */
  #drawn: readonly number[] = [];

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Replaces the lines on the screen with `lines`. */
  draw(lines: readonly string[]): void {
    this.#screen.write(`${this.#erasure()}${lines.map((line) => `${line}\n`).join("")}`);
    this.#drawn = lines.map((line) => stringWidth(line));
  }

  /** Removes the lines from the screen. */
  erase(): void {
    if (this.#drawn.length > 0) this.#screen.write(this.#erasure());
    this.#drawn = [];
  }

  /** Leaves the lines where they are: something else was written below them. */
  leave(): void {
    this.#drawn = [];
  }

  /**
   * Returns the escape sequences that clear the lines, one line at a time: if everything below the upper left corner is
   * cleared at once, some terminals keep a copy in their scrollback. If the terminal has become narrower since, lines
   * that fitted before take several rows.
   */
  #erasure(): string {
    if (this.#drawn.length === 0) return "";
    const columns = Math.max(1, this.#screen.columns());
    const rows = this.#drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return CLEAR_LINE + `${UP}${CLEAR_LINE}`.repeat(rows);
  }
}
