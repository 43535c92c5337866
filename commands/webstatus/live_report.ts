/**
 * Keeps the data of the dashboard up to date as long as a page is open.
 *
 * @module
 */
import { pause } from "../../core/pause.ts";
import type { Backend } from "../../backends/backend.ts";
import type { ReportData } from "../../web/data/report_data.ts";

/** After a change, the next report is made after this pause, in milliseconds… */
const CHANGED_MS = 500;
/** …or after so many times as long as the last one took, so that looking takes a quarter of a processor at most. */
const CHANGED_SHARE = 3;
/** Nobody announces a claim, so a report is made without a change after this pause, in milliseconds… */
const UNCHANGED_MS = 1000;
/** …or after so many times as long as the last one took. */
const UNCHANGED_SHARE = 20;

/** After a failure, the next attempt is made after this pause, in milliseconds. */
const FAILED_MS = 5000;

/** What a {@linkcode LiveReport} works with. */
export interface LiveReportParts {
  readonly backend: Pick<Backend, "waitForChange">;
  readonly make: () => Promise<ReportData>;
  readonly onReport: (data: ReportData) => void;
  /** Called with what a report failed with. The next attempt follows after some seconds. */
  readonly onError: (error: unknown) => void;
  /** A clock that is never set back, in milliseconds. */
  readonly clock: () => number;
}

/** Makes reports while somebody looks. */
export class LiveReport {
  readonly #parts: LiveReportParts;
  #stop: AbortController | undefined;
  /** Ends the wait for a change. */
  #wake = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(parts: LiveReportParts) {
    this.#parts = parts;
  }

  /** Begins or ends to follow the jugdir. */
  follow(isWanted: boolean): void {
    if (!isWanted) {
      this.#stop?.abort();
      this.#stop = undefined;
    } else if (this.#stop === undefined) {
      const stop = this.#stop = new AbortController();
      this.#running = this.#running.then(() => this.#run(stop.signal));
    }
  }

  /** Makes a report soon, if somebody looks. */
  wake(): void {
    this.#wake.abort();
  }

  /** Resolves when nothing is read any more. */
  async close(): Promise<void> {
    this.follow(false);
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#makeOne(signal);
      } catch (error) {
        // A server of the store may be away for a while.
        this.#parts.onError(error);
        await pause(FAILED_MS, signal);
      }
    }
  }

  /** Makes a report, and waits until the next one is due. */
  async #makeOne(signal: AbortSignal): Promise<void> {
    const { backend, make, onReport, clock } = this.#parts;
    const begun = clock();
    this.#wake = new AbortController();
    onReport(await make());
    const took = clock() - begun;
    const longest = Math.max(UNCHANGED_MS, UNCHANGED_SHARE * took);
    // It resolves without a change if the signal aborts.
    await backend.waitForChange(AbortSignal.any([signal, this.#wake.signal, AbortSignal.timeout(longest)]));
    const rest = begun + took + Math.max(CHANGED_MS, CHANGED_SHARE * took) - clock();
    if (rest > 0) await pause(rest, signal);
  }
}
