/**
 * Tells when a thread has ended. Deno raises no event for that, so the thread is handed a port and keeps it: when the thread
 * is gone, so is its end of the port. One that is only silent keeps it, be it in a function that computes for hours.
 *
 * @module
 */
import { MessageChannel as NodeMessageChannel } from "node:worker_threads";

/** The message that hands the port over. */
export interface Lifeline {
  readonly kind: "lifeline";
  readonly port: MessagePort;
}

/** What the thread said last is still on its way when it ends, for so many milliseconds at most. */
const LAST_WORDS_MS = 200;

/** What is said of a thread that ended unannounced. */
export const THREAD_ENDED = "its thread has ended, and nobody told it to";

/** The ports that this thread was handed: what is not referred to is collected, and then closed. */
const kept = new Set<MessagePort>();

/** Has `onEnd` called once `worker` has ended. The answer ends the watch. */
export function watchEnd(worker: Worker, onEnd: () => void): () => void {
  // The web's own class tells of no end (Deno 2.9.6): `close` is an event for those who listen as Node does.
  const { port1, port2 } = new NodeMessageChannel();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  port1.on("close", () => {
    if (!isOver) timer = setTimeout(onEnd, LAST_WORDS_MS);
  });
  port1.on("message", () => {}); // without a listener nothing is received, the end neither
  port1.unref();
  if (!(port2 instanceof MessagePort)) throw new TypeError("A port of node:worker_threads is no MessagePort");
  worker.postMessage({ kind: "lifeline", port: port2 } satisfies Lifeline, [port2]);
  return () => {
    isOver = true;
    clearTimeout(timer);
    port1.close();
  };
}

/** Keeps the port as long as this thread lives. */
export function keepLifeline({ port }: Lifeline): void {
  kept.add(port);
}
