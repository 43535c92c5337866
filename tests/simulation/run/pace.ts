/**
 * Decides when claimants can continue.
 *
 * @module
 */
import { haveWorkersEnded, heldUpUntil, type SimClaimant } from "./sim_process.ts";

/** Returns what ends a claimant's pause early, or `undefined`. */
export function wokenBy({ pending, process, isTouched }: SimClaimant): string | undefined {
  if (pending?.kind !== "pause") return undefined;
  switch (pending.orWhen) {
    case "nothing":
      return undefined;
    case "touched":
      return isTouched ? "touched" : undefined;
    case "joined":
      return process.joined === "yes" ? "joined" : process.joined === "no" ? "not joined" : undefined;
    case "workers ended":
      return haveWorkersEnded(process) ? "workers ended" : undefined;
  }
}

/** Returns when a claimant can continue; infinite if that depends on others. */
export function readyAt(claimant: SimClaimant): number {
  const { process, pending, state, held } = claimant;
  const { host } = process;
  const own = heldUpUntil(process);
  if (state === "unborn") return Math.max(own, process.startsAt);
  if (pending === undefined || held !== undefined) return own;
  switch (pending.kind) {
    case "rest":
      return own;
    case "meet":
      return Math.max(own, claimant.askedAt - claimant.askedAt % pending.everyMs + pending.everyMs);
    case "pause":
      return Math.max(own, wokenBy(claimant) === undefined ? host.timeOf(pending.until) : 0);
    default:
      return Math.max(own, host.cutOffUntil);
  }
}
