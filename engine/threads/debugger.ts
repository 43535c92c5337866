/**
 * Waiting for a debugger, which `--inspect` asks for.
 *
 * @module
 */
import inspector from "node:inspector";
import { JugError } from "../../core/errors.ts";

/**
 * Lets a debugger look at this thread, and waits for it.
 *
 * @param port Of this machine; 0 is a free one.
 * @param say Is told where it connects.
 * @throws {JugError} where the port is taken, or the permission is missing.
 */
export function waitForDebugger(port: number, say: (text: string) => void): void {
  try {
    // Its own third parameter asks for the same and is not heeded.
    inspector.open(port, "127.0.0.1", false);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new JugError("usage", `no debugger can connect at port ${port}: ${String(error)}`, {
      remedy: "Choose another port: --inspect-port 0 takes a free one",
    });
  }
  say(`waiting for a debugger at ${inspector.url()} (open chrome://inspect, or attach an editor)`);
  inspector.waitForDebugger();
}
