/**
 * A thread that renews the lease of a process whose main thread runs tasks: inside a synchronous function, the main
 * thread could not.
 *
 * @module
 */
import type { Membership, Owner } from "../../backends/backend.ts";
import { openBackend } from "../../backends/open.ts";
import { type ErrorReport, reportError } from "../results/error_report.ts";
import { threadScope } from "../threads/thread_scope.ts";
import { renewRegularly } from "../results/renewal.ts";

/** To this thread. */
export type ToLease =
  | { readonly kind: "join"; readonly address: string; readonly owner: Owner }
  | { readonly kind: "leave" };

/** From this thread. */
export type FromLease =
  | { readonly kind: "joined" }
  | { readonly kind: "left" }
  | { readonly kind: "failed"; readonly error: ErrorReport };

const scope = threadScope<ToLease, FromLease>();
let leave: () => Promise<void> = () => Promise.resolve();

scope.onmessage = ({ data }) => {
  const work = data.kind === "join" ? join(data.address, data.owner) : leave();
  work.then(
    () => scope.postMessage({ kind: data.kind === "join" ? "joined" : "left" }),
    (error: unknown) => scope.postMessage({ kind: "failed", error: reportError(error) }),
  );
};

async function join(address: string, owner: Owner): Promise<void> {
  const backend = await openBackend(address, { create: true });
  const membership: Membership = await backend.join(owner);
  const stopRenewing = renewRegularly(membership, owner.leaseMs);
  leave = async () => {
    stopRenewing();
    await membership.leave();
    await backend.close();
  };
}
