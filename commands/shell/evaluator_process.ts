/**
 * The process in which the inputs of a prompt are evaluated. Its main thread only passes on what the prompt says, so that it
 * hears when the prompt is gone, whatever an input does, and ends.
 *
 * @module
 */
import { missingPermission } from "../../core/remedy/missing_permission.ts";
import { encodeFrame, FrameReader } from "../../engine/messages/frames.ts";
import { startThread } from "../../engine/threads/start_thread.ts";
import { denoHost } from "../cli/host.ts";
import type { FromEvaluator, ToEvaluator } from "./messages.ts";

/** Starts the thread that evaluates; the answer sends it messages. */
export function startEvaluatorThread(hear: (message: FromEvaluator) => void, onEnd: (reason: string) => void): Worker {
  const { worker } = startThread<FromEvaluator>(new URL("./evaluator_thread.ts", import.meta.url), "jug shell", {
    hear,
    breakDown: (message, isFault) =>
      onEnd(isFault ? `its thread could not go on: ${missingPermission(message) ?? message}` : message),
  });
  return worker;
}

/** Passes on until the prompt or the thread is gone. `mark`: begins each message that the thread writes to stderr. */
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
