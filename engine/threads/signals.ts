/**
 * Listens for requests to stop: signals of the operating system, and AbortSignals.
 *
 * @module
 */

/**
 * The signals that ask the process to stop. Windows has no SIGTERM. Schedulers can send SIGUSR1 or SIGUSR2 some time
 * before they end a job.
 */
const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"];

/** Calls `hear` for each signal that asks the process to stop. Returns a function that removes the listeners. */
export function onSignals(hear: (signal: string) => void): () => void {
  const listeners = SIGNALS.map((signal) => ({ signal, listener: () => hear(signal) }));
  for (const { signal, listener } of listeners) Deno.addSignalListener(signal, listener);
  return () => {
    for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
  };
}

/** Calls `hear` when `wish` is aborted, or in a later turn if it already is. Returns a function that cancels this. */
export function onAbort(wish: AbortSignal, hear: () => void): () => void {
  if (wish.aborted) {
    const timer = setTimeout(hear, 0);
    return () => clearTimeout(timer);
  }
  wish.addEventListener("abort", hear, { once: true });
  return () => wish.removeEventListener("abort", hear);
}
