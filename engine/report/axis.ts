/**
 * The time axis of a report: the time in which workers were there. The time in which nobody was there is cut out.
 *
 * @module
 */
import { joined, type Span } from "../analysis/presence.ts";

/** The most stretches. If there are more, those with the smallest gaps between them are joined. */
const STRETCHES = 200;

/** Places points in time on an axis that begins at 0. */
export class Axis {
  /** Not empty, in the order of time, and without overlaps. */
  readonly stretches: readonly Span[];
  /** The length of all stretches together, in milliseconds. */
  readonly length: number;
  /** Where each stretch begins on the axis. */
  readonly #begins: Float64Array;

  constructor(spans: readonly Span[]) {
    this.stretches = withoutSmallGaps(joined(spans));
    this.#begins = new Float64Array(this.stretches.length);
    let length = 0;
    for (const [i, { from, to }] of this.stretches.entries()) {
      this.#begins[i] = length;
      length += to - from;
    }
    this.length = length;
  }

  /** Returns the place of a point in time: that of the next stretch if nobody was there then. */
  place(time: number): number {
    let [low, high] = [0, this.stretches.length];
    // The first stretch that ends at or after this time.
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.stretches[middle]?.to ?? Infinity) >= time) high = middle;
      else low = middle + 1;
    }
    const stretch = this.stretches[low];
    return stretch === undefined ? this.length : (this.#begins[low] ?? 0) + Math.max(0, time - stretch.from);
  }
}

function withoutSmallGaps(spans: readonly Span[]): readonly Span[] {
  if (spans.length <= STRETCHES) return spans;
  const gaps = spans.slice(1).map(({ from }, i) => from - (spans[i]?.to ?? from));
  // As many of the largest as are allowed; of equal ones the first.
  const kept = new Set(
    gaps.map((gap, i) => ({ gap, i })).sort((a, b) => b.gap - a.gap || a.i - b.i)
      .slice(0, STRETCHES - 1).map(({ i }) => i),
  );
  const all: Span[] = [];
  for (const [i, span] of spans.entries()) {
    const last = all.at(-1);
    if (last === undefined || kept.has(i - 1)) all.push(span);
    else all[all.length - 1] = { from: last.from, to: span.to };
  }
  return all;
}
