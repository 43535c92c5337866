/**
 * Reports calls and errors in a jugfile that would end its thread or process. In a thread, `Deno.exit` and `close` end
 * only the thread, and the coordinator would wait for it. An uncaught error would end the process.
 *
 * @module
 */
import { callerOf, type Place } from "../../core/caller.ts";

/**
 * Called for a call that ends the thread, such as "Deno.exit(1)", with its exit status. The thread ends when this
 * function has returned.
 */
export type OnEnd = (call: string, place: Place | undefined, status: number) => void;

/** The callbacks for events in jugfile code. */
export interface ThreadGuard {
  readonly onEnd: OnEnd;
  /** Called for an uncaught error or an unhandled rejection, which then does not end the process. */
  readonly onStrayError: (thrown: unknown) => void;
}

/** Installs the guards in this thread. Must be called before jugfile code runs. */
export function guardThread({ onEnd, onStrayError }: ThreadGuard): void {
  guardExits(onEnd);
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    onStrayError(event.reason);
  });
  addEventListener("error", (event) => {
    event.preventDefault();
    onStrayError(event.error);
  });
}

/**
 * Reports each call that ends this thread (in the main thread: the process). Returns a function that removes the guard.
 * This covers `process.exit` of node:process, which calls `Deno.exit`.
 *
 * @param status The exit status to end with. Default: the one that the call asked for.
 */
export function guardExits(onEnd: OnEnd, status?: number): () => void {
  const { exit } = Deno;
  const announceExit = (code = 0): never => {
    onEnd(`Deno.exit(${code})`, callerOf(announceExit), code);
    return exit(status ?? code);
  };
  Deno.exit = announceExit;
  // Threads of node:worker_threads have no `close`.
  const close = Object.getOwnPropertyDescriptor(globalThis, "close");
  const announceClose = (): never => {
    onEnd("close()", callerOf(announceClose), 0);
    return exit(status ?? 0);
  };
  if (close !== undefined) Object.defineProperty(globalThis, "close", { ...close, value: announceClose });
  return () => {
    Deno.exit = exit;
    if (close !== undefined) Object.defineProperty(globalThis, "close", close);
  };
}

/** Returns the error text for a thread that such a call ended. */
export function endedText(call: string, place: Place | undefined): string {
  return `${call} was called${place === undefined ? "" : ` at ${place.file}:${place.line}`}`;
}
