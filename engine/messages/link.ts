/**
 * How a worker in its own process communicates with the coordinator: its thread writes messages to stdout
 * synchronously, so that the coordinator is informed of a task before the task can end the process.
 *
 * @module
 */
import type { FromWorker } from "./messages.ts";
import type { Question } from "../limits/shared_counters.ts";
import { encodeFrame } from "./frames.ts";
import type { LinkSetup } from "./link_setup.ts";
import { adoptLimitedThread } from "../threads/limited_thread.ts";

/** The connection to the coordinator. */
export interface Link {
  report(message: FromWorker): void;
  /** Asks the coordinator and blocks this thread until it answers. */
  ask(question: Question): number;
}

/** Creates shared memory for one answer: an Int32 flag at byte 0, and the answer, a Float64, at byte 8. */
export function newAnswers(): SharedArrayBuffer {
  return new SharedArrayBuffer(16);
}

/** Stores an answer and wakes the thread that waits for it. */
export function putAnswer(answers: SharedArrayBuffer, value: number): void {
  new Float64Array(answers)[1] = value;
  const state = new Int32Array(answers);
  Atomics.store(state, 0, 1);
  Atomics.notify(state, 0);
}

/** The original method, before the output of the jugfile is captured. */
const writeSync = Deno.stdout.writeSync.bind(Deno.stdout);

/** Writes a whole message to stdout. One call of `writeSync` may write only a part. */
export function writeFrame(message: FromWorker, mark: string): void {
  const bytes = encodeFrame(message, mark);
  for (let at = 0; at < bytes.length;) at += writeSync(bytes.subarray(at));
}

/** Opens the connection. */
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
