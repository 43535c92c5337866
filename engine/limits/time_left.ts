/**
 * Which tasks have time to end before the process has to.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import { DurationSums } from "../../backends/duration_classes.ts";
import { listDurations } from "../../backends/optional_parts.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import { expectedDuration } from "./expected_durations.ts";

/** The time of a process. */
export interface TimeFrame {
  /** When it ends, in milliseconds since 1970. */
  readonly end: number;
}

/** A task that does not end in time. */
export interface TooLong {
  /** How long it is expected to take, in milliseconds; `undefined` if nothing is known and the time is over. */
  readonly expectedMs: number | undefined;
  /** Whether it takes longer than all the time that the process had for tasks, so that a second one could do no more. */
  readonly isNever: boolean;
}

/** A percentile is computed again when there are so many times as many runs: it costs as much as a tiny task. */
const GROWTH = 1.05;
/** How often the durations that other processes measured are read, in milliseconds. */
const READ_MS = 10_000;

/** Judges the tasks of one worker. */
export class TimeLeft {
  readonly #frame: TimeFrame | undefined;
  readonly #now: () => number;
  /** What the jugdir knew when it was read last, and what this worker ran since. */
  #known = new DurationSums();
  readonly #expected = new Map<string, { readonly ms: number | undefined; readonly until: number }>();
  #nextRead = -Infinity;
  /** How much time was left at the first question. */
  #mostMs: number | undefined;

  /**
   * @param frame Default: the time is not limited.
   * @param now Returns milliseconds since 1970.
   */
  constructor(frame: TimeFrame | undefined, now: () => number) {
    this.#frame = frame;
    this.#now = now;
  }

  /** How much time is left, in milliseconds. Infinity if it is not limited. */
  get leftMs(): number {
    return this.#frame === undefined ? Infinity : this.#frame.end - this.#now();
  }

  /** Reads what the jugdir knows of durations, from time to time, if the time is limited. */
  async read(backend: Backend): Promise<void> {
    if (this.#frame === undefined || this.#now() < this.#nextRead) return;
    // Without a summary, all runs would have to be read each time.
    this.#nextRead = backend.listDurations === undefined ? Infinity : this.#now() + READ_MS;
    const known = new DurationSums();
    for (const summary of await listDurations(backend)) known.include(summary);
    this.#known = known;
    this.#expected.clear();
  }

  /** Records that a task took `ms` milliseconds. */
  learn(name: string, ms: number): void {
    if (this.#frame !== undefined) this.#known.add(name, ms);
  }

  /** Returns how a task that begins now exceeds the time; `undefined` if it is expected to end in time. */
  exceededBy({ name, definition }: Pick<DeclaredTask, "name" | "definition">): TooLong | undefined {
    if (this.#frame === undefined) return undefined;
    const expectedMs = definition.options?.duration ?? this.#expectedOf(name);
    const left = this.leftMs;
    const most = this.#mostMs ??= left;
    const doesFit = (ms: number) => ms > 0 && (expectedMs ?? 0) <= ms;
    return doesFit(left) ? undefined : { expectedMs, isNever: !doesFit(most) };
  }

  #expectedOf(name: string): number | undefined {
    const summary = this.#known.summaryOf(name);
    const count = summary?.count ?? 0;
    const cached = this.#expected.get(name);
    if (cached !== undefined && count < cached.until) return cached.ms;
    const ms = expectedDuration(summary);
    this.#expected.set(name, { ms, until: Math.max(count + 1, GROWTH * count) });
    return ms;
  }
}
