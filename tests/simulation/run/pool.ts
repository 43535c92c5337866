/**
 * Threads of claimants, made once and used for all seeds.
 *
 * @module
 */
import { type AnsweringSide, answeringSide, channelMemory } from "../threads/channel.ts";

/** Threads that rest between two runs. */
export interface Pool extends Disposable {
  readonly threads: readonly AnsweringSide[];
}

/** As many claimants as live at once in any scenario. */
const SIZE = 17;

function startThread(memory: SharedArrayBuffer): Worker {
  const thread = new Worker(new URL("../threads/claimant_thread.ts", import.meta.url), { type: "module" });
  thread.postMessage(memory);
  return thread;
}

/** Starts the threads. */
export async function startPool(): Promise<Pool> {
  const workers: Worker[] = [];
  const threads: AnsweringSide[] = [];
  for (let i = 0; i < SIZE; i++) {
    const memory = channelMemory();
    const thread = startThread(memory);
    const side = answeringSide(memory);
    // It asks for its first life as soon as it has loaded; until then this thread must not block.
    await side.ready();
    workers.push(thread);
    threads.push(side);
  }
  return {
    threads,
    [Symbol.dispose]() {
      for (const worker of workers) worker.terminate();
    },
  };
}
