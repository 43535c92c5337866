/**
 * Places of the time axis as the reader's time.
 *
 * @module
 */
import type { ReportAxis } from "../../data/report_data.ts";
import { clockText, dayText } from "../format.ts";

/** Reads an axis from which the time in which nobody was there is cut out. */
export class AxisTimes {
  readonly #axis: ReportAxis;
  /** Where each stretch begins on the axis. */
  readonly #begins: readonly number[];

  constructor(axis: ReportAxis) {
    this.#axis = axis;
    let sum = 0;
    this.#begins = axis.stretches.map(([from, to]) => {
      const begin = sum;
      sum += to - from;
      return begin;
    });
  }

  /** Where on the axis time was cut out. */
  get cuts(): readonly number[] {
    return this.#begins.slice(1);
  }

  /** Returns the time at a place of the axis, in milliseconds since 1970. */
  time(place: number): number {
    let at = this.#begins.findLastIndex((begin) => begin <= place);
    if (at < 0) at = 0;
    const [from = 0, to = 0] = this.#axis.stretches[at] ?? [];
    return Math.min(to, from + Math.max(0, place - (this.#begins[at] ?? 0)));
  }

  /** Returns texts for places beside each other: the day is named where it changes, and seconds if they matter. */
  labels(places: readonly number[]): string[] {
    const step = (places[1] ?? Infinity) - (places[0] ?? 0);
    let day = "";
    return places.map((place) => {
      const date = new Date(this.time(place));
      const clock = step < 1000
        ? `${clockText(date)}.${String(date.getMilliseconds()).padStart(3, "0")}`
        : step < 60_000
        ? clockText(date)
        : clockText(date).slice(0, 5);
      const today = dayText(date);
      const text = today === day || day === "" ? clock : `${clock}\n${today}`;
      day = today;
      return text;
    });
  }
}
