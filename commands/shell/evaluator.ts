/**
 * Starts evaluators, which evaluate the inputs of a prompt. They do not run in the prompt's own thread, so that the
 * prompt reacts to Ctrl-C while an input computes.
 *
 * @module
 */
import { encodeFrame, FrameReader } from "../../engine/messages/frames.ts";
import { atLast, eachChunk, endReason, LastWords, spawnOwn } from "../../engine/isolate/spawn_self.ts";
import { SHELL_EVALUATOR } from "../../engine/isolate/internal_commands.ts";
import { startEvaluatorThread } from "./evaluator_process.ts";
import type { FromEvaluator, ToEvaluator } from "./messages.ts";

/** The connection to an evaluator. */
export interface Evaluator {
  /** Whether `terminate` stops a running computation. A thread continues until the process ends. */
  readonly isStoppable: boolean;
  send(message: ToEvaluator): void;
  /** Ends the evaluator. The listener is not called any more. */
  terminate(): void;
}

/** Receives the messages and events of an evaluator. */
export interface EvaluatorListener {
  onMessage(message: FromEvaluator): void;
  /** Called once if the evaluator ends without `terminate`. */
  onEnd(reason: string): void;
  /** Called with text that the evaluator's process wrote to stderr. */
  onText(text: string): void;
}

/** Starts an evaluator. */
export type OpenEvaluator = (listener: EvaluatorListener) => Evaluator;

/** Starts an evaluator in a thread of this process. */
export function inThread(listener: EvaluatorListener): Evaluator {
  const { onMessage, onEnd, end } = untilEnd(listener);
  const thread = startEvaluatorThread(onMessage, onEnd);
  return {
    isStoppable: false,
    send: (message) => thread.postMessage(message),
    terminate() {
      end();
      thread.terminate();
    },
  };
}

/**
 * Returns a function that starts evaluators in separate processes, run by Deno with `flags`. Such a process writes to
 * the same terminal. Its stderr carries its messages, mixed with other text.
 */
export function inProcess(flags: readonly string[]): OpenEvaluator {
  return (listener) => {
    const { onMessage, onEnd, onText, end } = untilEnd(listener);
    const mark = crypto.randomUUID();
    const child = spawnOwn(flags, [SHELL_EVALUATOR, mark], { stdin: "piped", stdout: "inherit", stderr: "piped" });
    const writer = child.stdin.getWriter();
    const words = new LastWords(onText);
    const frames = new FrameReader(
      mark,
      (message) => {
        if (isFromEvaluator(message)) onMessage(message);
      },
      (text) => words.push(text),
    );
    const drained = eachChunk(child.stderr, (chunk) => frames.push(chunk));
    child.status.then(async (status) => {
      await atLast(drained);
      onEnd(`its process ${endReason(status, words.isOutOfMemory)}`);
    });
    return {
      isStoppable: true,
      // If the process has died, writing fails. Its end is reported separately.
      send: (message) => void writer.write(encodeFrame(message, "")).catch(() => {}),
      terminate() {
        end();
        try {
          child.kill("SIGKILL");
        } catch {
          // it has ended already
        }
      },
    };
  };
}

function untilEnd(listener: EvaluatorListener): EvaluatorListener & { end(): void } {
  let isOver = false;
  return {
    onMessage: (message) => {
      if (!isOver) listener.onMessage(message);
    },
    onText: (text) => {
      if (!isOver) listener.onText(text);
    },
    onEnd: (reason) => {
      if (isOver) return;
      isOver = true;
      listener.onEnd(reason);
    },
    end: () => isOver = true,
  };
}

/** Whether it is a message. No closer check is needed: only the evaluator knows the mark. */
function isFromEvaluator(message: unknown): message is FromEvaluator {
  return typeof message === "object" && message !== null && "kind" in message;
}
