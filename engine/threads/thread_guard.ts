/**
 * Guards what a thread shares with its process and the jugfile may not use freely: `Deno.exit` and `close` would end this
 * thread alone, and what nobody catches would end the process; whoever waits for the thread is told.
 *
 * @module
 */
import { callerOf, type Place } from "../../core/caller.ts";

/** Hears of a call that ends the thread, such as "Deno.exit(1)", with its status; the thread ends once this has returned. */
export type OnEnd = (call: string, place: Place | undefined, status: number) => void;

/** What is told of code of the jugfile in a thread. */
export interface ThreadGuard {
  readonly onEnd: OnEnd;
  /** Something was thrown or rejected that nobody awaits or catches. */
  readonly onAstray: (thrown: unknown) => void;
}

/** To be called before code of the jugfile runs. */
export function guardThread({ onEnd, onAstray }: ThreadGuard): void {
  guardExits(onEnd);
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    onAstray(event.reason);
  });
  addEventListener("error", (event) => {
    event.preventDefault();
    onAstray(event.error);
  });
}

/**
 * Tells of each call that ends this thread, which in the main one is the process. `status`: what the process then ends with.
 * Default: what was asked for. The answer ends the guard. `process.exit` of node:process calls `Deno.exit`.
 */
export function guardExits(onEnd: OnEnd, status?: number): () => void {
  const { exit } = Deno;
  const announceExit = (code = 0): never => {
    onEnd(`Deno.exit(${code})`, callerOf(announceExit), code);
    return exit(status ?? code);
  };
  Deno.exit = announceExit;
  // Threads of node:worker_threads have no such function.
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

/** What is said of a thread that was ended so. */
export function endedText(call: string, place: Place | undefined): string {
  return `${call} was called${place === undefined ? "" : ` at ${place.file}:${place.line}`}`;
}
