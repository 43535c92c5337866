/**
 * The measurements of jug.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };
import { findMeter, type Meter } from "./api.ts";

const TASK = "{task}";
/** The boundaries between the classes of durations, in seconds: from 1 ms to half a day. */
const BOUNDARIES = [
  0.001,
  0.003,
  0.01,
  0.03,
  0.1,
  0.3,
  1,
  3,
  10,
  30,
  60,
  180,
  600,
  1800,
  3600,
  10_800,
  43_200,
] as const;

/** What jug measures. Each measurement has the attribute `jug.task.name`. */
export class Metrics {
  readonly #finished;
  readonly #failed;
  readonly #takenOver;
  readonly #durations;

  constructor(meter: Meter) {
    this.#finished = meter.createCounter("jug.tasks.finished", {
      description: "Tasks that this process ran and whose results are stored",
      unit: TASK,
    });
    this.#failed = meter.createCounter("jug.tasks.failed", {
      description: "Tasks that failed in this process, after all their attempts",
      unit: TASK,
    });
    this.#takenOver = meter.createCounter("jug.tasks.taken_over", {
      description: "Tasks that this process took over from a dead process",
      unit: TASK,
    });
    this.#durations = meter.createHistogram("jug.task.duration", {
      description: "How long the last attempt of each finished task took",
      unit: "s",
      advice: { explicitBucketBoundaries: [...BOUNDARIES] },
    });
  }

  finished(name: string, count: number): void {
    this.#finished.add(count, { "jug.task.name": name });
  }

  failed(name: string, errorType: string): void {
    this.#failed.add(1, { "jug.task.name": name, "error.type": errorType });
  }

  takenOver(name: string): void {
    this.#takenOver.add(1, { "jug.task.name": name });
  }

  took(name: string, ms: number): void {
    this.#durations.record(ms / 1000, { "jug.task.name": name });
  }
}

/** Returns the measurements of this thread; `undefined` if metrics are off. */
export function findMetrics(): Metrics | undefined {
  const meter = findMeter(config.version);
  return meter === undefined ? undefined : new Metrics(meter);
}
