/**
 * How a worker's thread talks when its process is its own: it writes to stdout by itself, so that the coordinator has heard
 * of a task before the task can end the process.
 *
 * @module
 */
import type { FromWorker } from "./messages.ts";
import type { Question } from "../limits/shares.ts";
import { encodeFrame } from "./frames.ts";
import type { LinkSetup } from "./link_setup.ts";
import { adoptLimitedThread } from "../threads/limited_thread.ts";

/** The way to the coordinator. */
export interface Link {
  report(message: FromWorker): void;
  /** Asks and waits for the answer; meanwhile nothing else goes on in this thread. */
  ask(question: Question): number;
}

/** A place for one answer. */
export function newAnswers(): SharedArrayBuffer {
  return new SharedArrayBuffer(16);
}

/** Hands an answer to the thread that waits for it. */
export function putAnswer(answers: SharedArrayBuffer, value: number): void {
  new Float64Array(answers)[1] = value;
  const state = new Int32Array(answers);
  Atomics.store(state, 0, 1);
  Atomics.notify(state, 0);
}

/** As it is before anything that the jugfile prints is captured. */
const writeSync = Deno.stdout.writeSync.bind(Deno.stdout);

/** Writes a message to stdout, all of it. */
export function writeFrame(message: FromWorker, mark: string): void {
  const bytes = encodeFrame(message, mark);
  for (let at = 0; at < bytes.length;) at += writeSync(bytes.subarray(at));
}

/** Opens the way. */
export function openLink({ mark, answers, isLimited }: LinkSetup): Link {
  if (isLimited) adoptLimitedThread();
  const state = new Int32Array(answers);
  const report = (message: FromWorker): void => writeFrame(message, mark);
  return {
    report,
    ask(question) {
      Atomics.store(state, 0, 0);
      report({ kind: "ask", question });
      Atomics.wait(state, 0, 0);
      return new Float64Array(answers)[1] ?? 0;
    },
  };
}
