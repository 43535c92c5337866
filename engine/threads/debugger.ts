/**
 * Waits for a debugger to connect (`--inspect`).
 *
 * @module
 */
import inspector from "node:inspector";
import { JugError } from "../../core/errors.ts";

/**
 * Opens this thread's inspector and blocks until a debugger connects.
 *
 * @param port A port of this machine; 0 picks a free one.
 * @param say Called with a text that says where to connect.
 * @throws {JugError} of kind "usage" if the port cannot be opened.
 * @throws {Deno.errors.NotCapable} if the permission is missing.
 */
export function waitForDebugger(port: number, say: (text: string) => void): void {
  try {
    // Deno ignores the third parameter (`wait`), hence the call of `waitForDebugger` below.
    inspector.open(port, "127.0.0.1", false);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new JugError("usage", `a debugger cannot connect at port ${port}: ${String(error)}`, {
      remedy: "Choose another port: --inspect-port 0 picks a free one",
    });
  }
  say(`waiting for a debugger at ${inspector.url()} (open chrome://inspect, or attach an editor)`);
  inspector.waitForDebugger();
}
