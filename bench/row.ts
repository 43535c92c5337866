/**
 * What the suite measures: rows of a table, each with a target and mostly with a yardstick.
 *
 * @module
 */
import type { Round } from "./round.ts";

/** What a row must reach. */
export type Target =
  /** At most `value`, in the row's unit. */
  | { readonly kind: "most"; readonly value: number }
  /** The yardstick takes at least `value` times as much. */
  | { readonly kind: "faster"; readonly value: number }
  /** At most `value` times the yardstick. */
  | { readonly kind: "share"; readonly value: number }
  /** At least `value` times the yardstick, for what should be large. */
  | { readonly kind: "gain"; readonly value: number }
  /** At most `value` more than the yardstick, in the row's unit. */
  | { readonly kind: "beyond"; readonly value: number };

/** Something to compare with, measured in the same round and in the unit of its row. */
export interface Yardstick {
  readonly name: string;
  measure(round: Round): Promise<number>;
}

/** One row of the table. */
export interface Row {
  /** Unique. */
  readonly name: string;
  /** What the numbers count, as in "µs a task". */
  readonly unit: string;
  readonly target: Target;
  /** Measures once. Rows may share what they measure in a round, see {@linkcode oncePerRound}. */
  measure(round: Round): Promise<number>;
  readonly yardstick?: Yardstick;
}

/** Returns a size for this run of the suite: a part of the full one, at least 1. */
export type Size = (full: number) => number;

/** Rows that are measured in the same round, one after another. */
export interface Section {
  /** The maximum number of rounds, for what is counted rather than timed. Default: no maximum. */
  readonly mostRounds?: number;
  rows(size: Size): readonly Row[];
}

/** Returns how a measurement compares with its yardstick, as its target asks. */
export function compare(target: Target, measured: number, yardstick: number): number {
  switch (target.kind) {
    case "faster":
      return yardstick / measured;
    case "beyond":
      return measured - yardstick;
    case "most":
    case "share":
    case "gain":
      return measured / yardstick;
  }
}

/** Returns microseconds for each of so many tasks. */
export function perTask(seconds: number, tasks: number): number {
  return seconds * 1e6 / tasks;
}

/** Returns the microseconds of each further task, if one task takes `one` seconds, and `tasks` take `all`. */
export function perFurtherTask(one: number, all: number, tasks: number): number {
  return perTask(all - one, Math.max(1, tasks - 1));
}

/** Writes a number of things. */
export function count(things: number): string {
  return things.toLocaleString("en");
}
