/**
 * Collects the outcome of a run from what its workers report.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import { endsRun, type FailureLimit } from "../results/failures.ts";
import type { ErrorReport, TaskFailure } from "../results/error_report.ts";
import type { RunSums, StopReason, WorkerEnd } from "../messages/messages.ts";
import type { RunSummary } from "./run_request.ts";
import { addSums, tallyOf } from "./tally.ts";

/** What a run did so far, and why it ends. Of several errors of a kind, the first one counts. */
export class RunOutcome {
  readonly ran = new Map<string, RunSums>();
  readonly #failures: TaskFailure[] = [];
  #lastEnd: WorkerEnd | undefined;
  #stop: StopReason | undefined;
  #loadError: ErrorReport | undefined;
  #broken: RunSummary["broken"];
  #exitCalled: string | undefined;

  executed(sums: ReadonlyMap<string, RunSums>): void {
    addSums(this.ran, sums);
  }

  failed(failure: TaskFailure): void {
    this.#failures.push(failure);
  }

  loadFailed(error: ErrorReport): void {
    this.#loadError ??= error;
  }

  broke(error: ErrorReport, isFault: boolean): void {
    this.#broken ??= { error, isFault };
  }

  /** A call that ends a thread was made. */
  exitCalled(text: string): void {
    this.#exitCalled ??= text;
  }

  /** A worker has ended by itself, or has given its account again. */
  ended(end: WorkerEnd): void {
    this.#lastEnd = end;
  }

  stopped(reason: StopReason): void {
    this.#stop ??= reason;
  }

  /** A signal ends the run, whatever else was about to end it. */
  signalled(reason: StopReason): void {
    this.#stop = reason;
  }

  get isStopped(): boolean {
    return this.#stop !== undefined;
  }

  get isLoaded(): boolean {
    return this.#loadError === undefined;
  }

  /** Whether the last account leaves tasks unfinished. */
  get leavesTasks(): boolean {
    return this.#lastEnd !== undefined && this.#lastEnd.unfinished.length > 0;
  }

  get failedHashes(): readonly Hash[] {
    return this.#failures.map(({ hash }) => hash);
  }

  /** Whether so many tasks failed that no further task is to begin. */
  hasTooManyFailures(limit: FailureLimit): boolean {
    return endsRun(this.#failures.length, limit);
  }

  summary(): RunSummary {
    return {
      tally: tallyOf(this.ran, this.#lastEnd),
      failures: this.#failures,
      end: this.#lastEnd,
      stop: this.#stop ?? this.#lastEnd?.stopped,
      loadError: this.#loadError,
      broken: this.#broken,
      exitCalled: this.#exitCalled,
    };
  }
}
