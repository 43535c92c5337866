/**
 * Decides, after a signal, which running tasks have time to end. The others are given back at once, so that other
 * processes begin them now and not at the end of the grace period.
 *
 * A worker that hears the stop answers with its running tasks. One whose thread is blocked by a synchronous function
 * does not; then its last view must do.
 *
 * @module
 */
import type { DurationSummary } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import { mayEndBy } from "../limits/expected_durations.ts";
import type { BegunTask } from "../messages/messages.ts";
import { durationText } from "../progress/throughput.ts";

/** A worker, as far as it concerns the end of a run. */
export interface DrainingWorker {
  /** Whether it has ended or was given up. */
  readonly isOver: boolean;
  /** The tasks that ran when it last reported; `undefined` if it does not report all of them, or is between tasks. */
  readonly lastBegun: readonly BegunTask[] | undefined;
  /** Whether it has ever reported anything. Before that, it holds no task. */
  readonly hasReported: boolean;
  /** Makes it give up these tasks. */
  giveBack(hashes: readonly Hash[]): void;
}

/** What a {@linkcode Drain} works with. */
export interface DrainParts<W extends DrainingWorker> {
  /** When tasks that still run are given up, in milliseconds since 1970. */
  readonly until: number;
  readonly workers: readonly W[];
  /** Returns what is known of the durations of each function. */
  readonly durations: () => Promise<readonly DurationSummary[]>;
  /** Gives up a worker that does not answer, and whose tasks cannot end in time. */
  readonly abandon: (worker: W) => void;
}

/** How long a worker may take to answer, in milliseconds. */
const ANSWER_MS = 300;

/** What a run prints at its first signal. `graceMs` is `undefined` if no task gets time to end. */
export function drainText(signal: string, graceMs: number | undefined): string {
  const what = graceMs === undefined
    ? "giving up the running tasks and releasing their locks"
    : `no further task begins; those that end within ${durationText(graceMs)} are finished, the others given back`;
  return `${signal}: ${what} (a second signal ends the run at once)`;
}

/** The end of the running tasks of one run. */
export class Drain<W extends DrainingWorker> {
  readonly until: number;
  readonly #parts: DrainParts<W>;
  readonly #known: Promise<ReadonlyMap<string, DurationSummary>>;
  readonly #heard = new Set<W>();
  readonly #timer: ReturnType<typeof setTimeout>;

  constructor(parts: DrainParts<W>) {
    this.#parts = parts;
    this.until = parts.until;
    this.#known = parts.durations()
      .then((summaries) => new Map(summaries.map((summary) => [summary.name, summary])))
      // Without them, all tasks get the whole time. A backend that fails is reported by whoever needs it next.
      .catch(() => new Map<string, DurationSummary>());
    this.#timer = setTimeout(() => void this.#judgeSilent(), ANSWER_MS);
  }

  /** A worker has answered: these are its running tasks. */
  async heard(worker: W, running: readonly BegunTask[]): Promise<void> {
    this.#heard.add(worker);
    const known = await this.#known;
    const late = running.filter((task) => !this.#mayEnd(task, known)).map(({ hash }) => hash);
    if (late.length > 0 && !worker.isOver) worker.giveBack(late);
  }

  /** Stops waiting for answers. */
  end(): void {
    clearTimeout(this.#timer);
  }

  async #judgeSilent(): Promise<void> {
    const known = await this.#known;
    for (const worker of this.#parts.workers) {
      if (worker.isOver || this.#heard.has(worker)) continue;
      const { hasReported, lastBegun } = worker;
      const isHopeless = lastBegun !== undefined && lastBegun.every((task) => !this.#mayEnd(task, known));
      if (!hasReported || isHopeless) this.#parts.abandon(worker);
    }
  }

  #mayEnd(task: BegunTask, known: ReadonlyMap<string, DurationSummary>): boolean {
    return mayEndBy(task, this.until, known.get(task.name));
  }
}
