/**
 * Where the inputs of a prompt are evaluated: not in the prompt's own thread, so that Ctrl-C is heard while one computes.
 *
 * @module
 */
import { encodeFrame, FrameReader } from "../../engine/messages/frames.ts";
import { atLast, eachChunk, endReason, LastWords, spawnOwn } from "../../engine/isolate/own_process.ts";
import { SHELL_EVALUATOR } from "../../engine/isolate/word.ts";
import { startEvaluatorThread } from "./evaluator_process.ts";
import type { FromEvaluator, ToEvaluator } from "./messages.ts";

/** The way to an evaluator. */
export interface Evaluator {
  /** Whether `terminate` stops what it computes. A thread goes on until the process ends. */
  readonly isStoppable: boolean;
  send(message: ToEvaluator): void;
  /** After this nothing is heard of it. */
  terminate(): void;
}

/** Who hears of an evaluator. */
export interface EvaluatorListener {
  onMessage(message: FromEvaluator): void;
  /** It has ended, and nobody asked for that; called once. */
  onEnd(reason: string): void;
  /** Something was written to stderr in its process. */
  onText(text: string): void;
}

/** Starts an evaluator. */
export type OpenEvaluator = (listener: EvaluatorListener) => Evaluator;

/** An evaluator in a thread of this process. */
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
 * Evaluators in processes that Deno gets `flags` for. Such a process writes to the same terminal, and its messages stand
 * among what it writes to stderr.
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
      // One that died hears nothing, and that it died is told.
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

/** The mark is the proof: nobody else knows it. */
function isFromEvaluator(message: unknown): message is FromEvaluator {
  return typeof message === "object" && message !== null && "kind" in message;
}
