/**
 * Keeps a lease by means of a small thread.
 *
 * @module
 */
import type { Backend, Owner } from "../../backends/backend.ts";
import { JugError } from "../../core/errors.ts";
import type { FromLease, ToLease } from "./lease_thread.ts";
import { isMemoryAddress } from "../../backends/scheme.ts";

/** Registers `owner` and renews its lease. The returned function ends that and releases all locks of the owner. */
export async function keepLease(backend: Backend, address: string, owner: Owner): Promise<() => Promise<void>> {
  if (isMemoryAddress(address)) {
    // No other process sees this store, so none can consider the lease expired.
    const membership = await backend.join(owner);
    return () => membership.leave();
  }
  const thread = new Worker(new URL("./lease_thread.ts", import.meta.url), { type: "module", name: "jug lease" });
  const ask = (message: ToLease): Promise<void> =>
    new Promise((resolve, reject) => {
      thread.onmessage = ({ data }: MessageEvent<FromLease>) => {
        if (data.kind === "failed") reject(new JugError("backend", data.error.message));
        else resolve();
      };
      thread.onerror = (event) => {
        event.preventDefault();
        reject(new JugError("backend", event.message));
      };
      thread.postMessage(message);
    });
  try {
    await ask({ kind: "join", address, owner });
  } catch (error) {
    thread.terminate();
    throw error;
  }
  return async () => {
    try {
      await ask({ kind: "leave" });
    } finally {
      thread.terminate();
    }
  };
}
