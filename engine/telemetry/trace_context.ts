/**
 * The W3C form of a span's identity, in which it is sent and stored: https://www.w3.org/TR/trace-context/
 *
 * @module
 */
import type { SpanContext } from "./api.ts";

/**
 * What carries a trace to other threads and processes: `traceparent`, and possibly `tracestate` and `baggage`. The names
 * are in lower case.
 */
export type TraceCarrier = Readonly<Record<string, string>>;

const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Returns a `traceparent`. */
export function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, "0")}`;
}

/** Returns the span that a `traceparent` names; `undefined` if the text does not have the form. */
export function parseTraceparent(text: string): SpanContext | undefined {
  const [, version = "ff", traceId = "", spanId = "", flags = "", more] = FORM.exec(text) ?? [];
  // A later version may have further fields at the end.
  if (version === "ff" || version === "00" && more !== undefined) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}

/** The environment variables of a carrier. A batch system or a shell sets them for the programs that it starts. */
const VARIABLES = { traceparent: "TRACEPARENT", tracestate: "TRACESTATE", baggage: "BAGGAGE" } as const;

/** Returns the trace that this process is part of; `undefined` if the environment names none, or may not be read. */
export function carrierFrom(env: (name: string) => string | undefined): TraceCarrier | undefined {
  const carrier: Record<string, string> = {};
  for (const [key, variable] of Object.entries(VARIABLES)) {
    const text = env(variable);
    if (text !== undefined && text !== "") carrier[key] = text;
  }
  return carrier["traceparent"] === undefined ? undefined : carrier;
}
