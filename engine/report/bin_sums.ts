/**
 * Sums over equal parts of an axis.
 *
 * @module
 */

/** Sums up how much of each bin is covered. An interval costs the same, however many bins it covers. */
export class BinSums {
  readonly #count: number;
  readonly #width: number;
  /** What partly covered bins got. */
  readonly #parts: Float64Array;
  /** How many more intervals cover a whole bin than the bin before it. */
  readonly #steps: Float64Array;

  /**
   * @param count How many bins
   * @param length The length of the axis, more than 0
   */
  constructor(count: number, length: number) {
    this.#count = count;
    this.#width = length / count;
    this.#parts = new Float64Array(count);
    this.#steps = new Float64Array(count + 1);
  }

  /** Adds an interval of the axis. */
  add(from: number, to: number): void {
    if (!(to > from)) return;
    const [a, b] = [from / this.#width, to / this.#width];
    const [first, last] = [this.#binAt(a), this.#binAt(b)];
    if (first === last) {
      this.#parts[first] = (this.#parts[first] ?? 0) + b - a;
      return;
    }
    this.#parts[first] = (this.#parts[first] ?? 0) + first + 1 - a;
    this.#parts[last] = (this.#parts[last] ?? 0) + b - last;
    this.#steps[first + 1] = (this.#steps[first + 1] ?? 0) + 1;
    this.#steps[last] = (this.#steps[last] ?? 0) - 1;
  }

  #binAt(position: number): number {
    return Math.min(this.#count - 1, Math.max(0, Math.floor(position)));
  }

  /** Returns how many intervals cover each bin, on average over the bin. */
  averages(): Float64Array {
    let whole = 0;
    return this.#parts.map((part, i) => part + (whole += this.#steps[i] ?? 0));
  }
}
