/**
 * Detects that a thread has ended. Deno raises no event for that, so the thread receives a message port and keeps it.
 * When the thread ends, its port closes. A busy thread keeps its port open, even if one function computes for hours.
 *
 * @module
 */
import { MessageChannel as NodeMessageChannel } from "node:worker_threads";

/** The message that passes the port to the thread. */
export interface Lifeline {
  readonly kind: "lifeline";
  readonly port: MessagePort;
}

/** How long the thread's last messages may still take to arrive after its port has closed, in milliseconds. */
const LAST_WORDS_MS = 200;

/** The error text for a thread that ended without announcing it. */
export const THREAD_ENDED = "its thread ended unexpectedly";

/** The ports that this thread received. Without a reference they would be garbage-collected, and so closed. */
const kept = new Set<MessagePort>();

/** Calls `onEnd` when `worker` has ended. Returns a function that ends the watch. */
export function watchEnd(worker: Worker, onEnd: () => void): () => void {
  // The web's MessageChannel reports no end (Deno 2.9.6); only Node's class emits `close`.
  const { port1, port2 } = new NodeMessageChannel();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  port1.on("close", () => {
    if (!isOver) timer = setTimeout(onEnd, LAST_WORDS_MS);
  });
  port1.on("message", () => {}); // without a listener nothing is received, not even `close`
  port1.unref();
  if (!(port2 instanceof MessagePort)) throw new TypeError("A port of node:worker_threads is not a MessagePort");
  worker.postMessage({ kind: "lifeline", port: port2 } satisfies Lifeline, [port2]);
  return () => {
    isOver = true;
    clearTimeout(timer);
    port1.close();
  };
}

/** Keeps the port open as long as this thread lives. */
export function keepLifeline({ port }: Lifeline): void {
  kept.add(port);
}
