/**
 * How fast a run goes, and how long it will take.
 *
 * @module
 */

/** The rate is that of the last so many milliseconds, as long as something was finished in them. */
const WINDOW_MS = 30_000;
/** Before this many milliseconds nothing is said: the first tasks tell little. */
const FIRST_MS = 1000;

interface Sample {
  readonly time: number;
  readonly count: number;
}

/** Watches a count that grows. */
export class Rate {
  #first: Sample | undefined;
  #window: Sample[] = [];

  /** The count is `count` now. */
  note(time: number, count: number): void {
    const sample = { time, count };
    this.#first ??= sample;
    this.#window.push(sample);
    // One sample older than the window stays, to measure from.
    while ((this.#window[1]?.time ?? time) < time - WINDOW_MS) this.#window.shift();
  }

  /** How many a second; `undefined` where that is not known yet. */
  get perSecond(): number | undefined {
    const last = this.#window.at(-1);
    const recent = between(this.#window[0], last);
    // Tasks of many minutes: what there is to know is how long the earlier ones took.
    return recent === undefined || recent === 0 ? between(this.#first, last) || undefined : recent;
  }
}

function between(from: Sample | undefined, to: Sample | undefined): number | undefined {
  if (from === undefined || to === undefined || to.time - from.time < FIRST_MS) return undefined;
  return 1000 * Math.max(0, to.count - from.count) / (to.time - from.time);
}

/** A rate as text: "12/s", "3.5/min". */
export function rateText(perSecond: number): string {
  if (perSecond >= 0.95) return `${few(perSecond)}/s`;
  if (perSecond * 60 >= 0.95) return `${few(perSecond * 60)}/min`;
  return `${few(perSecond * 3600)}/h`;
}

function few(amount: number): string {
  return amount < 9.95 ? amount.toFixed(1).replace(/\.0$/, "") : String(Math.round(amount));
}

/** A duration as text, as exact as anybody wants to know it: "4 s", "12 min", "2 h 10 min", "3 d 4 h". */
export function durationText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return both(hours, "h", minutes % 60, "min");
  return both(Math.floor(hours / 24), "d", hours % 24, "h");
}

function both(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
