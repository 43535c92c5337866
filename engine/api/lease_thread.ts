/**
 * A thread that renews the lease of a process whose main thread runs tasks: inside a synchronous function, the main
 * thread could not.
 *
 * @module
 */
import type { Membership, Owner } from "../../backends/backend.ts";
import { openBackend } from "../../backends/open.ts";
import { reportError } from "../store/error_report.ts";
import type { ErrorReport } from "../store/error_report.ts";

/** To this thread. */
export type ToLease =
  | { readonly kind: "join"; readonly address: string; readonly owner: Owner }
  | { readonly kind: "leave" };

/** From this thread. */
export type FromLease =
  | { readonly kind: "joined" }
  | { readonly kind: "left" }
  | { readonly kind: "failed"; readonly error: ErrorReport };

interface ThreadScope {
  onmessage: ((event: MessageEvent<ToLease>) => void) | null;
  postMessage(message: FromLease): void;
}

const scope = globalThis as unknown as ThreadScope;
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
  // A failed renewal is repeated before the lease expires. If the lease does expire, the first result that is stored
  // still counts.
  const timer = setInterval(() => membership.renew().catch(() => {}), owner.leaseMs / 3);
  leave = async () => {
    clearInterval(timer);
    await membership.leave();
    await backend.close();
  };
}
