/**
 * A worker's process: its main thread only passes on what the coordinator says, the work is in a thread. So it hears when the
 * coordinator is gone, whatever a task does, and ends.
 *
 * @module
 */
import { onSignals } from "../signals.ts";
import type { ToWorker } from "../messages.ts";
import { FrameReader } from "./frames.ts";
import { type LinkSetup, newAnswers, putAnswer, writeFrame } from "./link.ts";

/** What the process hears on its stdin. */
export type ToProcess =
  | { readonly kind: "link"; readonly link: Omit<LinkSetup, "answers" | "mark"> }
  | { readonly kind: "answer"; readonly value: number }
  | { readonly kind: "tell"; readonly message: ToWorker };

/** Works until stdin ends. `mark`: begins each message on stdout. */
export async function serveIsolated(mark: string): Promise<void> {
  // Ctrl-C reaches every process of the terminal; it is the coordinator's to decide what it means.
  onSignals(() => {});
  const answers = newAnswers();
  const thread = new Worker(new URL("../worker_thread.ts", import.meta.url), { type: "module", name: "jug" });
  thread.onerror = (event) => {
    event.preventDefault();
    const error = { name: "Error", message: event.message, frames: [], stack: "", remedy: undefined };
    writeFrame({ kind: "broken", error, isFault: true }, mark);
  };
  const reader = new FrameReader("", (message) => {
    if (!isToProcess(message)) return;
    switch (message.kind) {
      case "link":
        thread.postMessage({ kind: "link", link: { ...message.link, mark, answers } } satisfies ToWorker);
        break;
      case "answer":
        putAnswer(answers, message.value);
        break;
      case "tell":
        thread.postMessage(message.message);
        break;
    }
  }, () => {});
  for await (const chunk of Deno.stdin.readable) reader.push(chunk);
}

/** Nobody else writes there. */
function isToProcess(message: unknown): message is ToProcess {
  return typeof message === "object" && message !== null && "kind" in message;
}
