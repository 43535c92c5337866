/**
 * Processes and claimants as the scheduler sees them.
 *
 * @module
 */
import type { AnsweringSide } from "../threads/channel.ts";
import type { ProcessIdentity, Role } from "../threads/life.ts";
import type { Operation } from "../threads/operations.ts";
import type { EventPlan, ProcessPlan } from "./plan.ts";
import type { SimHost } from "./sim_host.ts";

/** The result of an operation, to be sent to its claimant. */
export type Result =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "failure"; readonly code: string };

/** A thread of a process. */
export interface SimClaimant {
  readonly name: string;
  readonly role: Role;
  readonly process: SimProcess;
  readonly side: AnsweringSide;
  /** The operation that it asked for and that is unanswered; `undefined` before its start and after its end. */
  pending: Operation | undefined;
  askedAt: number;
  /** Whether the pending operation was already counted for the triggers of events. */
  isCounted: boolean;
  /** The answer to the pending operation, held back while its process is stopped. */
  held: Result | undefined;
  state: "unborn" | "alive" | "over";
  hasFailed: boolean;
  /** The folders that it watches. `isTouched`: whether a write happened in one of them. */
  readonly watched: Set<string>;
  isTouched: boolean;
  /** Since when it has been able to continue. */
  readySince: number | undefined;
}

/** A process. */
export interface SimProcess {
  readonly plan: ProcessPlan;
  readonly host: SimHost;
  readonly identity: ProcessIdentity;
  readonly claimants: SimClaimant[];
  /** Events that have not happened yet. */
  events: EventPlan[];
  startsAt: number;
  stoppedUntil: number;
  operations: number;
  readonly counts: Map<string, number>;
  joined: "not yet" | "yes" | "no";
  isOver: boolean;
  /** Whether it was ended by an event, or because its keeper failed. */
  isKilled: boolean;
  /**
   * When a fault last made a call fail; for a fault that affects all processes, when it ends. Negative if there was
   * none.
   */
  faultedAt: number;
  leftAt: number | undefined;
}

/** Whether all workers of a process have ended, or one of them failed, which also ends the run. */
export function haveWorkersEnded({ claimants }: SimProcess): boolean {
  const workers = claimants.filter(({ role }) => role.kind === "worker");
  return workers.every(({ state }) => state === "over") || workers.some(({ hasFailed }) => hasFailed);
}

/** Returns the time until which a process is held up by a stop or by a freeze of its host. */
export function heldUpUntil(process: SimProcess): number {
  return Math.max(process.stoppedUntil, process.host.frozenUntil);
}
