/**
 * Keeps a lease by means of a small thread.
 *
 * @module
 */
import type { Backend, Owner } from "../../backends/backend.ts";
import { JugError } from "../../core/errors.ts";
import { newSharedBatch, type SharedBatch } from "../limits/shared_batch.ts";
import type { FromLease, ToLease } from "./lease_thread.ts";
import { isMemoryAddress } from "../../backends/scheme.ts";

/** A lease of this process. */
export interface Lease {
  /** Where the main thread notes how far its batch of claimed tasks is. While one of them blocks it, the others are released. `undefined`: nobody else could run its tasks. */
  readonly batch: SharedBatch | undefined;
  /** Ends the lease and releases all locks of the owner. */
  leave(): Promise<void>;
}

/** Registers `owner` and renews its lease. */
export async function keepLease(backend: Backend, address: string, owner: Owner): Promise<Lease> {
  if (isMemoryAddress(address)) {
    // No other process sees this store, so none can consider the lease expired.
    const membership = await backend.join(owner);
    return { batch: undefined, leave: () => membership.leave() };
  }
  const batch = newSharedBatch();
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
    await ask({ kind: "join", address, owner, batch });
  } catch (error) {
    thread.terminate();
    throw error;
  }
  return {
    batch,
    async leave() {
      try {
        await ask({ kind: "leave" });
      } finally {
        thread.terminate();
      }
    },
  };
}
