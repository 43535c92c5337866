/**
 * What one thread tells a collector.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import { TaskSpans } from "./task_spans.ts";
import type { TraceCarrier } from "./trace_context.ts";
import { tracedBackend } from "./traced_backend.ts";
import { findTracing, type Tracing } from "./tracing.ts";

/** The setup of the telemetry of another thread or process. */
export interface TelemetrySetup {
  /** The span of the run; `undefined` if spans are off. */
  readonly parent: TraceCarrier | undefined;
}

/** The telemetry of one worker. Each part is `undefined` if it is off. */
export interface Telemetry {
  readonly tracing: Tracing | undefined;
  readonly taskSpans: TaskSpans | undefined;
  /** Returns `backend` with a span for each call, if spans are on. */
  traced(backend: Backend): Backend;
}

/** Opens the telemetry of a worker. `worker`: its name. */
export function openTelemetry({ parent }: TelemetrySetup, worker: string): Telemetry {
  const tracing = findTracing(parent);
  return {
    tracing,
    taskSpans: tracing === undefined ? undefined : new TaskSpans(tracing, worker),
    traced: (backend) => tracing === undefined ? backend : tracedBackend(backend, tracing),
  };
}

/** Returns `backend` with a span for each call, each in the span that is current then, if spans are on. */
export function tracedHere(backend: Backend): Backend {
  const tracing = findTracing(undefined);
  return tracing === undefined ? backend : tracedBackend(backend, tracing);
}
