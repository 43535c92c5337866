/**
 * What a collector learns of one run: its span, those of its lost tasks, and its counters.
 *
 * @module
 */
import type { Backend, Owner } from "../../backends/backend.ts";
import type { FromWorker } from "../messages/messages.ts";
import { type ErrorReport, reportError, type TaskFailure } from "../results/error_report.ts";
import { type Attributes, type Span, STATUS_ERROR } from "../telemetry/api.ts";
import { findMetrics, type Metrics } from "../telemetry/metrics.ts";
import { TaskSpan } from "../telemetry/task_spans.ts";
import { openTelemetry, type Telemetry, type TelemetrySetup } from "../telemetry/telemetry.ts";
import type { TraceCarrier } from "../telemetry/trace_context.ts";
import { tracedBackend } from "../telemetry/traced_backend.ts";
import { findTracing, recordError, type Tracing } from "../telemetry/tracing.ts";
import type { Culprit } from "./lost_worker.ts";

const NONE: ReadonlyMap<string, readonly number[]> = new Map();

interface RunSpan {
  readonly tracing: Tracing;
  readonly span: Span;
}

/** The telemetry of one run. Spans, counters, or both may be off. */
export class RunTelemetry {
  readonly #run: RunSpan | undefined;
  readonly #metrics: Metrics | undefined;
  #finished = 0;
  #failed = 0;
  #error: ErrorReport | undefined;

  constructor(run: RunSpan | undefined, metrics: Metrics | undefined) {
    this.#run = run;
    this.#metrics = metrics;
  }

  /** What makes the spans of a worker belong to the run. */
  get setup(): TelemetrySetup {
    return { parent: this.#run?.tracing.carrierOf(this.#run.span) };
  }

  /** Opens the telemetry of a worker in this thread. `worker`: its name. */
  forWorker(worker: string): Telemetry {
    return openTelemetry(this.setup, worker);
  }

  /** Runs `work` in the span of the run, which ends with it. */
  async around<T>(work: () => Promise<T>): Promise<T> {
    if (this.#run === undefined) return await work();
    const { tracing, span } = this.#run;
    try {
      return await tracing.within(span, work);
    } catch (thrown) {
      this.#error ??= reportError(thrown);
      throw thrown;
    } finally {
      this.#end(span);
    }
  }

  #end(span: Span): void {
    span.setAttributes({ "jug.tasks.finished": this.#finished, "jug.tasks.failed": this.#failed });
    if (this.#error !== undefined) recordError(span, this.#error);
    else if (this.#failed > 0) span.setStatus({ code: STATUS_ERROR, message: `tasks that failed: ${this.#failed}` });
    span.end();
  }

  /** Returns `backend` with a span for each call, if spans are on. */
  traced(backend: Backend): Backend {
    return this.#run === undefined ? backend : tracedBackend(backend, this.#run.tracing);
  }

  /** Records where the results are, and how listings of jug name this process. */
  opened(address: string, owner: Owner): void {
    this.#run?.span.setAttributes({ "jug.jugdir": address, "jug.owner": owner.id });
  }

  /** Counts and measures tasks whose results were stored. */
  executed({ sums, durations = NONE }: Extract<FromWorker, { kind: "executed" }>): void {
    for (const [name, { count }] of sums) {
      this.#finished += count;
      this.#metrics?.finished(name, count);
    }
    for (const [name, each] of durations) for (const ms of each) this.#metrics?.took(name, ms);
  }

  failed({ name, error }: TaskFailure): void {
    this.#failed++;
    this.#metrics?.failed(name, error.name);
  }

  takenOver(name: string): void {
    this.#metrics?.takenOver(name);
  }

  /** Records why the run could not be carried out. */
  broke(error: ErrorReport): void {
    this.#error ??= error;
  }

  /**
   * Makes the span of an attempt whose worker is lost, and can make none. Returns its trace context, if it is recorded.
   */
  lost({ attempt, error }: Culprit): string | undefined {
    if (this.#run === undefined) return undefined;
    const inner = this.#run.tracing.start(attempt.name, {
      startTime: attempt.start,
      attributes: {
        "jug.task.name": attempt.name,
        "jug.task.hash": attempt.lock.hash,
        "jug.task.attempt": attempt.attempt,
      },
    });
    const span = new TaskSpan(inner);
    span.end({ kind: "failed", thrown: error });
    return span.trace;
  }
}

/**
 * Begins the telemetry of a run.
 *
 * @param name The name of the run's span.
 * @param attributes What is known of the run.
 * @param parent What the run is a part of. Default: the span that is current.
 */
export function beginRun(name: string, attributes: Attributes, parent?: TraceCarrier): RunTelemetry {
  const tracing = findTracing(parent);
  if (tracing === undefined) return new RunTelemetry(undefined, findMetrics());
  const span = tracing.start(name, { attributes });
  tracing.settleIn(span);
  return new RunTelemetry({ tracing, span }, findMetrics());
}
