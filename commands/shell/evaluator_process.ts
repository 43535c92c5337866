/**
 * The process that evaluates the inputs of a prompt. Its main thread only forwards messages to the evaluating thread,
 * so that it notices the end of the prompt and exits, even while an input computes.
 *
 * @module
 */
import { missingPermission } from "../../core/remedy/missing_permission.ts";
import { encodeFrame, FrameReader } from "../../engine/messages/frames.ts";
import { startThread } from "../../engine/threads/start_thread.ts";
import { denoHost } from "../cli/host.ts";
import type { FromEvaluator, ToEvaluator } from "./messages.ts";

/** Starts and returns the thread that evaluates inputs. `onEnd` is called if it ends or fails. */
export function startEvaluatorThread(hear: (message: FromEvaluator) => void, onEnd: (reason: string) => void): Worker {
  const { worker } = startThread<FromEvaluator>(new URL("./evaluator_thread.ts", import.meta.url), "jug shell", {
    hear,
    breakDown: (message, isFault) =>
      onEnd(isFault ? `its thread could not continue: ${missingPermission(message) ?? message}` : message),
  });
  return worker;
}

/** Forwards messages until the prompt or the thread ends. `mark` begins each message that is written to stderr. */
export async function serveEvaluator(mark: string): Promise<void> {
  const over = Promise.withResolvers<void>();
  const thread = startEvaluatorThread(() => {}, (reason) => {
    const message: FromEvaluator = { kind: "ended", reason };
    denoHost().stderr(new TextDecoder().decode(encodeFrame(message, mark)));
    over.resolve();
  });
  thread.postMessage({ kind: "mark", mark } satisfies ToEvaluator);
  const reader = new FrameReader("", (message) => thread.postMessage(message), () => {});
  const read = async (): Promise<void> => {
    for await (const chunk of Deno.stdin.readable) reader.push(chunk);
  };
  await Promise.race([over.promise, read()]);
}
