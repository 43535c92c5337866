/**
 * Being asked to end.
 *
 * @module
 */

/** Windows knows no SIGTERM; the others are heard there. */
const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/** Calls `hear` for each signal that asks to end; the answer takes that back. */
export function onSignals(hear: (signal: string) => void): () => void {
  const listeners = SIGNALS.map((signal) => ({ signal, listener: () => hear(signal) }));
  for (const { signal, listener } of listeners) Deno.addSignalListener(signal, listener);
  return () => {
    for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
  };
}
