/**
 * What the checks of one run share.
 *
 * @module
 */
import type { SimClaimant } from "../run/sim_process.ts";
import type { World } from "../run/world.ts";
import type { Ledger } from "./ledger.ts";
import type { Owners } from "./owners.ts";

/** What the checks of one run share. */
export interface CheckParts {
  readonly world: World;
  readonly owners: Owners;
  readonly ledger: Ledger;
  /** Since when each task's result has counted. */
  readonly resultSince: Map<string, number>;
  /** When each claimant began its last claim, or another call that may take over from dead owners. */
  readonly claimingSince: Map<SimClaimant, number>;
  report(problem: string): void;
}
