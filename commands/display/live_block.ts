/**
 * Lines at the lower end of a terminal that are drawn anew in place, with other text passing above them.
 *
 * @module
 */
import stringWidth from "npm:string-width@8";

/** What it draws on. */
export interface Screen {
  /** Writes to the terminal, as it is. */
  readonly write: (text: string) => void;
  readonly columns: () => number;
}

const CLEAR_LINE = "\r\x1b[2K";
const UP = "\x1b[A";

/** The lines. The cursor stays behind the last of them, so that a process that dies leaves the terminal usable. */
export class LiveBlock {
  readonly #screen: Screen;
  /** The width of each line that is on the screen. */
  #drawn: readonly number[] = [];

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Shows these lines instead of the last ones. */
  draw(lines: readonly string[]): void {
    this.#screen.write(`${this.#erasure()}${lines.map((line) => `${line}\n`).join("")}`);
    this.#drawn = lines.map((line) => stringWidth(line));
  }

  /** Takes the lines off the screen. */
  erase(): void {
    if (this.#drawn.length > 0) this.#screen.write(this.#erasure());
    this.#drawn = [];
  }

  /**
   * Line by line: where all below the upper left corner is cleared at once, some terminals keep a copy of it to scroll back to.
   * Where the terminal has become narrower, it has broken lines that fitted before.
   */
  #erasure(): string {
    if (this.#drawn.length === 0) return "";
    const columns = Math.max(1, this.#screen.columns());
    const rows = this.#drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return CLEAR_LINE + `${UP}${CLEAR_LINE}`.repeat(rows);
  }
}
