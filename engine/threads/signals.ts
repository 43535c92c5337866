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

/** Calls `hear` once `wish` is aborted, in a later turn if it is so already; the answer takes that back. */
export function onAbort(wish: AbortSignal, hear: () => void): () => void {
  if (wish.aborted) {
    const timer = setTimeout(hear, 0);
    return () => clearTimeout(timer);
  }
  wish.addEventListener("abort", hear, { once: true });
  return () => wish.removeEventListener("abort", hear);
}
