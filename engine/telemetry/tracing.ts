/**
 * Starts spans, and follows the code inside them.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };
import type { ErrorReport } from "../results/error_report.ts";
import {
  type Attributes,
  type Context,
  findTracingApi,
  isSpanLike,
  KIND,
  type Span,
  SPAN_KEY,
  STATUS_ERROR,
  type TracingApi,
} from "./api.ts";
import { formatTraceparent, parseTraceparent, type TraceCarrier } from "./trace_context.ts";

/** How a span begins. */
export interface SpanStart {
  /** `client`: a call of another system. */
  readonly kind?: keyof typeof KIND;
  readonly attributes: Attributes;
  /** In milliseconds since 1970. Default: now. */
  readonly startTime?: number;
}

/** The spans of one thread. */
export class Tracing {
  readonly #api: TracingApi;
  /** The context of spans that are started outside any other, as in a listener of messages. */
  #home: Context;

  /** `parent`: the span that all spans of this thread belong to, if there is one. */
  constructor(api: TracingApi, parent: TraceCarrier | undefined) {
    this.#api = api;
    this.#home = parent === undefined ? api.contexts.active() : contextFrom(api, parent);
  }

  /** Calls `fn` as a part of the span that all spans of this thread belong to. */
  atHome<T>(fn: () => T): T {
    return this.#api.contexts.with(this.#home, fn);
  }

  /** From now on, all spans of this thread belong to `span`. */
  settleIn(span: Span): void {
    this.#home = this.#contextOf(span);
  }

  /** Starts a span in the current one. */
  start(name: string, { kind = "internal", attributes, startTime }: SpanStart): Span {
    const options = { kind: KIND[kind], attributes, ...startTime === undefined ? {} : { startTime } };
    return this.#api.tracer.startSpan(name, options, this.#current);
  }

  /** Calls `fn` with `span` as the current span, also for everything that `fn` starts asynchronously. */
  within<T>(span: Span, fn: () => T): T {
    return this.#api.contexts.with(this.#contextOf(span), fn);
  }

  /** Returns what makes the spans of another thread or process belong to `span`. */
  carrierOf(span: Span): TraceCarrier {
    const carrier: Record<string, string> = { traceparent: formatTraceparent(span.spanContext()) };
    this.#api.propagator?.inject(this.#contextOf(span), carrier, {
      set: (carrier, key, value) => carrier[key] = value,
    });
    return carrier;
  }

  get #current(): Context {
    const active = this.#api.contexts.active();
    return isSpanLike(active.getValue(SPAN_KEY)) ? active : this.#home;
  }

  #contextOf(span: Span): Context {
    return this.#current.setValue(SPAN_KEY, span);
  }
}

/** Returns the tracing of this thread; `undefined` if spans are off. `parent`: see {@linkcode Tracing}. */
export function findTracing(parent: TraceCarrier | undefined): Tracing | undefined {
  const api = findTracingApi(config.version);
  return api === undefined ? undefined : new Tracing(api, parent);
}

/** Returns a context whose current span is the one that `carrier` names. */
function contextFrom({ contexts, propagator }: TracingApi, carrier: TraceCarrier): Context {
  const context = propagator?.extract(contexts.active(), carrier, {
    keys: (carrier) => Object.keys(carrier),
    get: (carrier, key) => carrier[key],
  }) ?? contexts.active();
  if (isSpanLike(context.getValue(SPAN_KEY))) return context;
  // The threads of a run belong together even if the user wants nothing to be sent to other programs.
  const parent = parseTraceparent(carrier["traceparent"] ?? "");
  return parent === undefined ? context : context.setValue(SPAN_KEY, { spanContext: () => parent });
}

/** Marks a span as failed. */
export function recordError(span: Span, { name, message, stack }: ErrorReport): void {
  span.addEvent("exception", {
    "exception.type": name,
    "exception.message": message,
    ...stack === "" ? {} : { "exception.stacktrace": stack },
  });
  span.setAttributes({ "error.type": name });
  span.setStatus({ code: STATUS_ERROR, message });
}
