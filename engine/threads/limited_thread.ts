/**
 * Runs a worker's thread with its own memory limit. A compiled program needs this, since V8 flags cannot be passed to
 * it at run time.
 *
 * @module
 */
import { getHeapStatistics } from "node:v8";
import { Worker as LimitedWorker } from "node:worker_threads";
import { THREAD_ENDED } from "./thread_end.ts";

/** The exit status of a worker's process whose thread exceeded its memory limit. */
export const OUT_OF_MEMORY = 113;

/** How often the thread checks whether it exceeded its limit, in milliseconds. */
const LOOK_MS = 200;

/**
 * Starts the thread and returns a function that sends messages to it. If the thread exceeds its limit, the process
 * exits with {@linkcode OUT_OF_MEMORY}.
 */
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
    // No message can be pending: the thread writes its messages to stdout synchronously, by itself.
    breakDown(THREAD_ENDED);
  });
  return (message) => thread.postMessage(message);
}

/** Prepares the current thread, which {@linkcode startLimitedThread} started. */
export function adoptLimitedThread(): void {
  // Threads of node:worker_threads lack `self`, and jugfiles may use it.
  if (!("self" in globalThis)) Object.defineProperty(globalThis, "self", { value: globalThis, configurable: true });
  // When the limit is exceeded, Deno raises it and terminates the running code. If that was an asynchronous function,
  // no error event follows. A raised limit is the only trace.
  const { exit } = Deno;
  const limit = getHeapStatistics().heap_size_limit;
  setInterval(() => {
    if (getHeapStatistics().heap_size_limit > limit) exit(OUT_OF_MEMORY);
  }, LOOK_MS);
}
