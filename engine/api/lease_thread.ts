/**
 * A thread that renews the lease of a process whose main thread runs tasks, and releases what the main thread has
 * claimed but not begun: inside a synchronous function, the main thread could not.
 *
 * @module
 */
import type { Membership, Owner } from "../../backends/backend.ts";
import type { SharedBatch } from "../limits/shared_batch.ts";
import { releaseTaken } from "../run/lost_worker.ts";
import { StuckBatches } from "../run/stuck_batches.ts";
import { openBackend } from "../../backends/open.ts";
import { type ErrorReport, reportError } from "../results/error_report.ts";
import { threadScope } from "../threads/thread_scope.ts";
import { renewRegularly } from "../results/renewal.ts";

/** To this thread. */
export type ToLease =
  | { readonly kind: "join"; readonly address: string; readonly owner: Owner; readonly batch: SharedBatch }
  | { readonly kind: "leave" };

/** From this thread. */
export type FromLease =
  | { readonly kind: "joined" }
  | { readonly kind: "left" }
  | { readonly kind: "failed"; readonly error: ErrorReport };

const scope = threadScope<ToLease, FromLease>();
let leave: () => Promise<void> = () => Promise.resolve();

scope.onmessage = ({ data }) => {
  const work = data.kind === "join" ? join(data.address, data.owner, data.batch) : leave();
  work.then(
    () => scope.postMessage({ kind: data.kind === "join" ? "joined" : "left" }),
    (error: unknown) => scope.postMessage({ kind: "failed", error: reportError(error) }),
  );
};

async function join(address: string, owner: Owner, batch: SharedBatch): Promise<void> {
  const backend = await openBackend(address, { create: true });
  const membership: Membership = await backend.join(owner);
  const stopRenewing = renewRegularly(membership, owner.leaseMs);
  const claimant = { owner, thread: 0 };
  let releasing = Promise.resolve();
  const batches = new StuckBatches((_, hashes) => {
    releasing = releaseTaken(backend, claimant, hashes).then(() => {})
      // They are released at the latest when the process leaves. If the backend fails, the main thread reports it.
      .catch(() => {});
  }, Date.now);
  batches.watch(claimant.thread, batch);
  leave = async () => {
    batches.end();
    stopRenewing();
    await releasing;
    await membership.leave();
    await backend.close();
  };
}
