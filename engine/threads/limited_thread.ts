/**
 * A worker's thread with a limit of memory of its own. A compiled program needs one: no flag of V8 reaches it when it runs.
 *
 * @module
 */
import { getHeapStatistics } from "node:v8";
import { Worker as LimitedWorker } from "node:worker_threads";
import { THREAD_ENDED } from "./lifeline.ts";

/** The exit status of a worker's process where its thread took more memory than it was given. */
export const OUT_OF_MEMORY = 113;

/** How often the thread looks whether it was stopped, in milliseconds. */
const LOOK_MS = 200;

/** Starts the thread; the answer sends it messages. The process ends with {@linkcode OUT_OF_MEMORY} where it takes too much. */
export function startLimitedThread(
  module: URL,
  memoryMb: number,
  breakDown: (message: string) => void,
): (message: unknown) => void {
  const thread = new LimitedWorker(module, { name: "jug", resourceLimits: { maxOldGenerationSizeMb: memoryMb } });
  thread.on("error", (error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY") {
      Deno.exit(OUT_OF_MEMORY);
    }
    breakDown(error instanceof Error ? error.message : String(error));
  });
  thread.on("exit", (code) => {
    if (code === OUT_OF_MEMORY) Deno.exit(code);
    // What it said last it wrote by itself, before it ended.
    breakDown(THREAD_ENDED);
  });
  return (message) => thread.postMessage(message);
}

/** What such a thread does about itself. */
export function adoptLimitedThread(): void {
  // In threads of node:worker_threads this name is missing, and jugfiles may use it.
  if (!("self" in globalThis)) Object.defineProperty(globalThis, "self", { value: globalThis, configurable: true });
  // Deno stops what takes too much, and raises the limit for that. Where it was an asynchronous function, nobody hears of it.
  const { exit } = Deno;
  const limit = getHeapStatistics().heap_size_limit;
  setInterval(() => {
    if (getHeapStatistics().heap_size_limit > limit) exit(OUT_OF_MEMORY);
  }, LOOK_MS);
}
