/**
 * Estimates how fast a run progresses, and formats rates and durations.
 *
 * @module
 */

/** The rate covers this many milliseconds before now, unless no task was finished in them. */
const WINDOW_MS = 30_000;
/** No rate is known before this many milliseconds: the first few tasks say little about it. */
const FIRST_MS = 1000;

interface Sample {
  readonly time: number;
  readonly count: number;
}

/** Measures how fast a count grows. */
export class Rate {
  #first: Sample | undefined;
  #window: Sample[] = [];

  /** Records that the count is `count` at `time` (in milliseconds). */
  note(time: number, count: number): void {
    const sample = { time, count };
    this.#first ??= sample;
    this.#window.push(sample);
    // Keep one sample that is older than the window, to measure from.
    while ((this.#window[1]?.time ?? time) < time - WINDOW_MS) this.#window.shift();
  }

  /** The growth per second; `undefined` while unknown. */
  get perSecond(): number | undefined {
    const last = this.#window.at(-1);
    const recent = between(this.#window[0], last);
    // No task was finished within the window (tasks may take minutes): use the mean since the start.
    return recent === undefined || recent === 0 ? between(this.#first, last) || undefined : recent;
  }
}

function between(from: Sample | undefined, to: Sample | undefined): number | undefined {
  if (from === undefined || to === undefined || to.time - from.time < FIRST_MS) return undefined;
  return 1000 * Math.max(0, to.count - from.count) / (to.time - from.time);
}

/** Formats a rate, as in "12/s" or "3.5/min". */
export function rateText(perSecond: number): string {
  if (perSecond >= 0.95) return `${few(perSecond)}/s`;
  if (perSecond * 60 >= 0.95) return `${few(perSecond * 60)}/min`;
  return `${few(perSecond * 3600)}/h`;
}

function few(amount: number): string {
  return amount < 9.95 ? amount.toFixed(1).replace(/\.0$/, "") : String(Math.round(amount));
}

/** Formats a duration, rounded to suit its length: "4 s", "12 min", "2 h 10 min", "3 d 4 h". */
export function durationText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return both(hours, "h", minutes % 60, "min");
  return both(Math.floor(hours / 24), "d", hours % 24, "h");
}

/**
 * Formats a measured duration with three digits, as in "0.42 ms", "98.1 s"; from 100 s on in whole seconds, as in
 * "1 min 40 s", and from 100 min on like {@linkcode durationText}.
 */
export function measuredText(ms: number): string {
  const rounded = Number(ms.toPrecision(3));
  if (rounded < 1000) return `${rounded} ms`;
  if (rounded < 100_000) return `${rounded / 1000} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 6000 ? both(Math.floor(seconds / 60), "min", seconds % 60, "s") : durationText(ms);
}

function both(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
