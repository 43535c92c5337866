/**
 * A thread that claims and completes one task of the store behind the port that it receives.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import type { Owner } from "../../../backends/backend.ts";
import { backendOnPort } from "../../../backends/backend_port.ts";
import type { Hash } from "../../../core/brand.ts";

self.onmessage = async (event: MessageEvent<{ port: MessagePort; owner: Owner; hash: Hash }>) => {
  const { port, owner, hash } = event.data;
  const backend = backendOnPort(port, "memory:");
  await backend.join(owner);
  const [claim] = await backend.claim([hash], { owner, thread: 1 });
  if (claim?.kind !== "claimed") throw new Error(`not claimed: ${claim?.kind}`);
  const [outcome] = await backend.complete([{ hash, bytes: new Uint8Array([1, 2]), lock: claim.lock }]);
  self.postMessage(outcome);
};
