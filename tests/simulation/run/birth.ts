/**
 * Makes claimants, and the lives that they get.
 *
 * @module
 */
import type { AnsweringSide } from "../threads/channel.ts";
import type { Life, Role } from "../threads/life.ts";
import type { SimClaimant, SimProcess } from "./sim_process.ts";
import { ROOT } from "./world.ts";

/** Returns a claimant that is not started yet. */
export function makeClaimant(process: SimProcess, role: Role, side: AnsweringSide): SimClaimant {
  return {
    name: `${process.plan.id}.${role.kind === "worker" ? role.thread : role.kind}`,
    role,
    process,
    side,
    pending: undefined,
    askedAt: 0,
    isCounted: false,
    held: undefined,
    state: "unborn",
    hasFailed: false,
    watched: new Set(),
    isTouched: false,
    readySince: undefined,
  };
}

/** Returns the life of the claimant with this index. */
export function lifeOf({ process, role }: SimClaimant, index: number, seed: number, module: string): Life {
  return { module, root: ROOT, tag: `t${index}`, seed: seed * 64 + index, process: process.identity, role };
}
