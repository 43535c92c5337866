/**
 * The threads of claimants, started once and used for all seeds.
 *
 * @module
 */
import { type AnsweringSide, answeringSide, channelMemory } from "../threads/channel.ts";

/** Threads that are idle between two runs. */
export interface Pool extends Disposable {
  readonly threads: readonly AnsweringSide[];
}

/** The largest number of claimants that are alive at once in any scenario. */
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
    // Once loaded, the thread asks for its first life. Until then this thread must not block.
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
