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

/** What a {@linkcode LiveReport} works with. */
export interface LiveReportParts {
  readonly backend: Pick<Backend, "waitForChange">;
  readonly make: () => Promise<ReportData>;
  readonly onReport: (data: ReportData) => void;
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
      this.#running = this.#running.then(() => this.#run(stop.signal)).catch(this.#parts.onError);
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
    const { backend, make, onReport, clock } = this.#parts;
    while (!signal.aborted) {
      const begun = clock();
      this.#wake = new AbortController();
      const data = await make();
      onReport(data);
      const took = clock() - begun;
      const longest = Math.max(UNCHANGED_MS, UNCHANGED_SHARE * took);
      const limit = AbortSignal.any([signal, this.#wake.signal, AbortSignal.timeout(longest)]);
      // It resolves without a change if the signal aborts.
      await backend.waitForChange(limit);
      const rest = begun + took + Math.max(CHANGED_MS, CHANGED_SHARE * took) - clock();
      if (rest > 0) await pause(rest, signal);
    }
  }
}
