/**
 * The process of an isolated worker. Its main thread only forwards the coordinator's messages; another thread runs the
 * tasks. So the process notices when the coordinator is gone, whatever a task does, and ends.
 *
 * @module
 */
import { onSignals } from "../threads/signals.ts";
import { plainReport } from "../results/error_report.ts";
import { startThread } from "../threads/start_thread.ts";
import type { ToWorker } from "../messages/messages.ts";
import { FrameReader } from "../messages/frames.ts";
import { startLimitedThread } from "../threads/limited_thread.ts";
import { newAnswers, putAnswer, writeFrame } from "../messages/link.ts";
import type { LinkSetup } from "../messages/link_setup.ts";

/** The messages that the process receives on its stdin. */
export type ToProcess =
  | {
    readonly kind: "link";
    readonly link: Omit<LinkSetup, "answers" | "mark" | "isLimited">;
    /** The memory limit for the thread's objects, in megabytes, if no V8 flag sets a limit for the whole process. */
    readonly threadMb: number | undefined;
  }
  | { readonly kind: "answer"; readonly value: number }
  | { readonly kind: "tell"; readonly message: ToWorker };

/** Works until stdin ends. `mark`: the prefix of each message on stdout. */
export async function serveIsolated(mark: string): Promise<void> {
  // Ctrl-C reaches every process of the terminal, but the coordinator decides what to do.
  onSignals(() => {});
  const answers = newAnswers();
  let tell = (_message: ToWorker): void => {};
  const breakDown = (message: string) => {
    writeFrame({ kind: "broken", error: plainReport(message), isFault: true }, mark);
  };
  const reader = new FrameReader("", (message) => {
    if (!isToProcess(message)) return;
    switch (message.kind) {
      case "link":
        tell = startWorker(message.threadMb, breakDown);
        tell({ kind: "link", link: { ...message.link, mark, answers, isLimited: message.threadMb !== undefined } });
        break;
      case "answer":
        putAnswer(answers, message.value);
        break;
      case "tell":
        tell(message.message);
        break;
    }
  }, () => {});
  for await (const chunk of Deno.stdin.readable) reader.push(chunk);
}

/** Starts the thread that runs the tasks; returns a function that sends it messages. */
function startWorker(memoryMb: number | undefined, breakDown: (message: string) => void): (message: ToWorker) => void {
  const module = new URL("../worker/worker_thread.ts", import.meta.url);
  if (memoryMb !== undefined) return startLimitedThread(module, memoryMb, breakDown);
  const { worker } = startThread(module, "jug", { breakDown });
  return (message) => worker.postMessage(message);
}

/** Only the coordinator writes to stdin, so this check is enough. */
function isToProcess(message: unknown): message is ToProcess {
  return typeof message === "object" && message !== null && "kind" in message;
}
