/**
 * The global scope of a thread. Deno's types know only that of the main thread.
 *
 * @module
 */

/** The part of a thread's global scope that exchanges messages with the thread that started it. */
export interface ThreadScope<In, Out> {
  onmessage: ((event: MessageEvent<In>) => void) | null;
  postMessage(message: Out): void;
}

/** Returns the global scope of this thread. */
export function threadScope<In, Out>(): ThreadScope<In, Out> {
  return globalThis as unknown as ThreadScope<In, Out>;
}
