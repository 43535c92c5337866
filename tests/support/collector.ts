/**
 * A collector of OpenTelemetry on the loopback: it receives OTLP over HTTP, as JSON, and keeps what it received.
 *
 * @module
 */

/** A span that was received. */
export interface ReceivedSpan {
  /** The name of the instrumentation that made it: "jug" or "deno". */
  readonly scope: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** "" for the root of a trace. */
  readonly parent: string;
  /** As OTLP numbers them: 1 for internal spans, 3 for clients. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  /** 0: unset, 2: error. */
  readonly status: { readonly code: number; readonly message: string };
  /** In milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
}

/** A point of a metric that was received. */
export interface ReceivedPoint {
  readonly metric: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The sum of a counter, or how many values a histogram has. */
  readonly value: number;
}

/** A collector that is running. */
export interface Collector {
  /** The variables with which Deno sends its telemetry here. */
  readonly env: Readonly<Record<string, string>>;
  /** Its address, as in `http://127.0.0.1:4318`. Under `/ping` it answers with the request's `traceparent`. */
  readonly url: string;
  /** The baggage of the last request for `/ping`. */
  readonly lastBaggage: string;
  /** How many requests it received, of any kind. */
  readonly requests: number;
  /** Everything that it received, as text. */
  readonly text: string;
  /** Returns the spans received so far, only those of `name` if given. */
  spans(name?: string): ReceivedSpan[];
  /** Returns the only span of this name. */
  span(name: string): ReceivedSpan;
  /** Returns the last points of the metrics of jug, only those of `metric` if given. */
  points(metric?: string): ReceivedPoint[];
  /** Forgets everything. */
  clear(): void;
}

function get(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function text(value: unknown, name: string): string {
  const found = get(value, name);
  return typeof found === "string" ? found : "";
}

function number(value: unknown, name: string): number {
  return Number(get(value, name) ?? 0);
}

function list(value: unknown, ...path: readonly string[]): unknown[] {
  let all: unknown[] = [value];
  for (const name of path) {
    all = all.flatMap((item) => {
      const found = get(item, name);
      return Array.isArray(found) ? found : [];
    });
  }
  return all;
}

function attributesOf(value: unknown): Record<string, unknown> {
  return Object.fromEntries(
    list(value, "attributes").map((attribute) => {
      const wrapped = get(attribute, "value");
      const [only] = typeof wrapped === "object" && wrapped !== null ? Object.values(wrapped) : [];
      return [text(attribute, "key"), only];
    }),
  );
}

function readSpan(scope: string, span: unknown): ReceivedSpan {
  const status = get(span, "status");
  return {
    scope,
    name: text(span, "name"),
    traceId: text(span, "traceId"),
    spanId: text(span, "spanId"),
    parent: text(span, "parentSpanId"),
    kind: number(span, "kind"),
    attributes: attributesOf(span),
    events: list(span, "events").map((event) => ({ name: text(event, "name"), attributes: attributesOf(event) })),
    links: list(span, "links").map((link) => ({ traceId: text(link, "traceId"), spanId: text(link, "spanId") })),
    status: { code: number(status, "code"), message: text(status, "message") },
    start: number(span, "startTimeUnixNano") / 1e6,
    end: number(span, "endTimeUnixNano") / 1e6,
  };
}

function readPoints(metric: unknown): ReceivedPoint[] {
  const points = [...list(get(metric, "sum"), "dataPoints"), ...list(get(metric, "histogram"), "dataPoints")];
  return points.map((point) => ({
    metric: text(metric, "name"),
    attributes: attributesOf(point),
    value: number(point, "asDouble") + number(point, "asInt") + number(point, "count"),
  }));
}

/** Calls `use` with a new collector. */
export async function withCollector(use: (collector: Collector) => Promise<void>): Promise<void> {
  let requests = 0;
  let lastBaggage = "";
  let whole = "";
  const spans: ReceivedSpan[] = [];
  const points = new Map<string, ReceivedPoint>();

  function receive(path: string, body: unknown): void {
    if (path === "/v1/traces") {
      for (const scoped of list(body, "resourceSpans", "scopeSpans")) {
        const scope = text(get(scoped, "scope"), "name");
        spans.push(...list(scoped, "spans").map((span) => readSpan(scope, span)));
      }
    } else if (path === "/v1/metrics") {
      for (const metric of list(body, "resourceMetrics", "scopeMetrics", "metrics")) {
        // Each export has the sums since the process started, so the last one counts.
        for (const point of readPoints(metric)) points.set(JSON.stringify([point.metric, point.attributes]), point);
      }
    }
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    requests++;
    const { pathname } = new URL(request.url);
    if (pathname === "/ping") {
      lastBaggage = request.headers.get("baggage") ?? "";
      return new Response(request.headers.get("traceparent") ?? "");
    }
    const body = await request.text();
    whole += body;
    receive(pathname, JSON.parse(body));
    return Response.json({});
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  const named = (name?: string) => spans.filter((span) => name === undefined || span.name === name);
  try {
    await use({
      url,
      env: { OTEL_DENO: "true", OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" },
      get lastBaggage() {
        return lastBaggage;
      },
      get requests() {
        return requests;
      },
      get text() {
        return whole;
      },
      spans: named,
      span(name) {
        const [only, ...others] = named(name);
        if (only === undefined || others.length > 0) {
          throw new Error(`${others.length + (only === undefined ? 0 : 1)} spans are named ${name}`);
        }
        return only;
      },
      points: (metric) =>
        [...points.values()].filter((point) =>
          metric === undefined ? point.metric.startsWith("jug.") : point.metric === metric
        ),
      clear() {
        requests = 0;
        whole = "";
        spans.length = 0;
        points.clear();
      },
    });
  } finally {
    await server.shutdown();
  }
}
