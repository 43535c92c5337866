/**
 * Starts threads.
 *
 * @module
 */
import { THREAD_ENDED, watchEnd } from "./thread_end.ts";

/** A thread that was started. */
export interface StartedThread {
  readonly worker: Worker;
  terminate(): void;
}

/** What the starter of a thread wants to know. */
export interface ThreadEvents<Message> {
  /** The thread sent a message. */
  hear?(message: Message): void;
  /** The thread cannot continue: it threw (`isFault`), or it has ended although nobody terminated it. */
  breakDown(message: string, isFault: boolean): void;
}

/** Starts a thread with the code of `module`. */
export function startThread<Message>(module: URL, name: string, events: ThreadEvents<Message>): StartedThread {
  const worker = new Worker(module, { type: "module", name });
  worker.onmessage = ({ data }: MessageEvent<Message>) => events.hear?.(data);
  worker.onerror = (event) => {
    event.preventDefault();
    events.breakDown(event.message, true);
  };
  const endWatch = watchEnd(worker, () => events.breakDown(THREAD_ENDED, false));
  return {
    worker,
    terminate() {
      endWatch();
      worker.terminate();
    },
  };
}
