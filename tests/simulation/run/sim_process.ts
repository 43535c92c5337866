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

/** What an operation led to, to be told to its claimant. */
export type Result =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "failure"; readonly code: string };

/** A thread of a process. */
export interface SimClaimant {
  readonly name: string;
  readonly role: Role;
  readonly process: SimProcess;
  readonly side: AnsweringSide;
  /** What it asked and was not answered yet; `undefined`: it was not started yet, or is over. */
  pending: Operation | undefined;
  askedAt: number;
  /** What is pending was counted already, for the triggers of events. */
  isCounted: boolean;
  /** The answer to what is pending, kept back while its process is stopped. */
  held: Result | undefined;
  state: "unborn" | "alive" | "over";
  hasFailed: boolean;
  /** Folders that it watches, and whether something happened in one. */
  readonly watched: Set<string>;
  isTouched: boolean;
  /** Since when it could go on. */
  readySince: number | undefined;
}

/** A process. */
export interface SimProcess {
  readonly plan: ProcessPlan;
  readonly host: SimHost;
  readonly identity: ProcessIdentity;
  readonly claimants: SimClaimant[];
  /** Those that did not happen yet. */
  events: EventPlan[];
  startsAt: number;
  stoppedUntil: number;
  operations: number;
  readonly counts: Map<string, number>;
  joined: "not yet" | "yes" | "no";
  isOver: boolean;
  /** Ended by an event, or because its keeper failed. */
  isKilled: boolean;
  /** When a call of it last failed because it was told to. */
  faultedAt: number;
  leftAt: number | undefined;
}

/** Whether the workers of a process have ended, or one of them failed, which ends the run as well. */
export function haveWorkersEnded({ claimants }: SimProcess): boolean {
  const workers = claimants.filter(({ role }) => role.kind === "worker");
  return workers.every(({ state }) => state === "over") || workers.some(({ hasFailed }) => hasFailed);
}

/** Whether a process is kept from going on at `now`, by a stop or with its host. */
export function heldUpUntil(process: SimProcess): number {
  return Math.max(process.stoppedUntil, process.host.frozenUntil);
}
