/**
 * The parts of the OpenTelemetry API that jug uses, and where to find it.
 *
 * Deno provides the API if it runs with `OTEL_DENO=true`, under the symbol that the npm package `@opentelemetry/api`
 * uses, so jug needs no dependency for it. It is code from outside: what is found is checked before it is used.
 *
 * @module
 */

import { API_SYMBOL } from "./is_on.ts";

/** The value of an attribute. */
export type AttributeValue = string | number | boolean | readonly string[];

/** The attributes of a span, an event or a measurement. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** The identity of a span, which can be sent to other processes. */
export interface SpanContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Bit 0: whether the trace is recorded. */
  readonly traceFlags: number;
  readonly isRemote?: boolean;
}

/** Anything that can be the parent of a span. */
export interface SpanLike {
  spanContext(): SpanContext;
}

/** A span that was started. Times are in milliseconds since 1970. */
export interface Span extends SpanLike {
  setAttributes(attributes: Attributes): unknown;
  setStatus(status: { readonly code: number; readonly message?: string }): unknown;
  addEvent(name: string, attributes?: Attributes): unknown;
  /** Missing before version 1.9 of the API. */
  addLink?(link: { readonly context: SpanContext }): unknown;
  end(time?: number): void;
}

/** An immutable set of values, one of which is the span that is current. */
export interface Context {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): Context;
}

/** What a span is started with. */
export interface SpanOptions {
  readonly kind: number;
  readonly attributes: Attributes;
  /** In milliseconds since 1970. Default: now. */
  readonly startTime?: number;
}

/** Starts spans. */
export interface Tracer {
  startSpan(name: string, options: SpanOptions, context: Context): Span;
}

/** Follows asynchronous code with a context. */
export interface ContextManager {
  active(): Context;
  with<T>(context: Context, fn: () => T): T;
}

/** Writes contexts into messages, and reads them. */
export interface Propagator {
  inject(
    context: Context,
    carrier: Record<string, string>,
    setter: { set(carrier: Record<string, string>, key: string, value: string): void },
  ): void;
  extract(
    context: Context,
    carrier: Readonly<Record<string, string>>,
    getter: {
      keys(carrier: Readonly<Record<string, string>>): string[];
      get(carrier: Readonly<Record<string, string>>, key: string): string | undefined;
    },
  ): Context;
}

/** A sum that only grows. */
export interface Counter {
  add(value: number, attributes: Attributes): void;
}

/** A distribution of measurements. */
export interface Histogram {
  record(value: number, attributes: Attributes): void;
}

/** Creates instruments. */
export interface Meter {
  createCounter(name: string, options: InstrumentOptions): Counter;
  createHistogram(name: string, options: InstrumentOptions): Histogram;
}

/** How an instrument is described to the collector. */
export interface InstrumentOptions {
  readonly description: string;
  readonly unit: string;
  /** `explicitBucketBoundaries`: the classes of a histogram. Those by default suit milliseconds. */
  readonly advice?: { readonly explicitBucketBoundaries: number[] };
}

/** The API for spans, as far as jug uses it. */
export interface TracingApi {
  readonly tracer: Tracer;
  readonly contexts: ContextManager;
  /** Missing if the user turned it off with `OTEL_PROPAGATORS=none`. */
  readonly propagator: Propagator | undefined;
}

/** The key of the current span in a context, by the convention of the API. */
export const SPAN_KEY = Symbol.for("OpenTelemetry Context Key SPAN");
/** Kinds of spans, as the API numbers them. */
export const KIND = { internal: 0, client: 2 } as const;
/** The status of a span that failed. */
export const STATUS_ERROR = 2;

/** Returns the API for spans; `undefined` if spans are off. `version`: that of jug. */
export function findTracingApi(version: string): TracingApi | undefined {
  const provider = part("trace");
  const contexts = part("context");
  if (!isTracerProvider(provider) || !isContextManager(contexts)) return undefined;
  const tracer = provider.getTracer("jug", version);
  const propagator = part("propagation");
  return isTracer(tracer)
    ? { tracer, contexts, propagator: isPropagator(propagator) ? propagator : undefined }
    : undefined;
}

/** Returns the API for metrics; `undefined` if metrics are off. `version`: that of jug. */
export function findMeter(version: string): Meter | undefined {
  const provider = part("metrics");
  const meter = isMeterProvider(provider) ? provider.getMeter("jug", version) : undefined;
  return isMeter(meter) ? meter : undefined;
}

/** Returns a part of the API, which may be an object or a class with static methods. */
function part(name: "trace" | "context" | "metrics" | "propagation"): unknown {
  const api: unknown = Reflect.get(globalThis, API_SYMBOL);
  return typeof api === "object" && api !== null ? Reflect.get(api, name) : undefined;
}

function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  if (typeof value !== "function" && typeof value !== "object" || value === null) return false;
  return names.every((name) => typeof Reflect.get(value, name) === "function");
}

function isTracerProvider(value: unknown): value is { getTracer(name: string, version: string): unknown } {
  return hasMethods(value, "getTracer");
}

function isMeterProvider(value: unknown): value is { getMeter(name: string, version: string): unknown } {
  return hasMethods(value, "getMeter");
}

function isContextManager(value: unknown): value is ContextManager {
  return hasMethods(value, "active", "with");
}

function isPropagator(value: unknown): value is Propagator {
  return hasMethods(value, "inject", "extract");
}

function isTracer(value: unknown): value is Tracer {
  return hasMethods(value, "startSpan");
}

function isMeter(value: unknown): value is Meter {
  return hasMethods(value, "createCounter", "createHistogram");
}

/** Whether `value` is the parent of spans in a context. */
export function isSpanLike(value: unknown): value is SpanLike {
  return hasMethods(value, "spanContext");
}
