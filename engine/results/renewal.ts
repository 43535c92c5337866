/**
 * Renews a lease regularly.
 *
 * @module
 */
import type { Membership } from "../../backends/backend.ts";

/**
 * Renews `membership` every third of the lease, so that two renewals may fail before the lease expires. The returned
 * function ends this.
 *
 * @param onFailure Called when a renewal fails. The next one is tried all the same: even if the lease expires, the first
 * result that is stored counts.
 */
export function renewRegularly(
  membership: Membership,
  leaseMs: number,
  onFailure: (error: unknown) => void = () => {},
): () => void {
  const timer = setInterval(() => void membership.renew().catch(onFailure), leaseMs / 3);
  return () => clearInterval(timer);
}
