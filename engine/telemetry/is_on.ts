/**
 * Whether anything listens to what jug could tell a collector.
 *
 * @module
 */

/** The symbol under which Deno, or the npm package `@opentelemetry/api`, provides the API of OpenTelemetry. */
export const API_SYMBOL: symbol = Symbol.for("opentelemetry.js.api.1");

/**
 * Whether the API of OpenTelemetry is there: Deno provides it with `OTEL_DENO=true`. Without it no other module of this
 * folder is loaded.
 */
export function isTelemetryOn(): boolean {
  return Reflect.get(globalThis, API_SYMBOL) !== undefined;
}
