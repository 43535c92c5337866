/**
 * What happens in one run, as data: made from a seed, and made smaller by the shrinker.
 *
 * @module
 */
import type { FaultCode } from "../file_system/failure.ts";
import type { MountOptions } from "../file_system/mount_options.ts";
import type { Role } from "../threads/life.ts";

/** A host. */
export interface HostPlan {
  readonly name: string;
  /** How fast its clock runs: 1 as time does. */
  readonly rate: number;
  /** Where its monotonic clock starts, and by how much its date is wrong. */
  readonly clockStart: number;
  readonly wallError: number;
}

/** A process. */
export interface ProcessPlan {
  readonly id: string;
  readonly host: string;
  readonly leaseMs: number;
  readonly startMs: number;
  /** Stages begin when everybody of the stage before has ended. */
  readonly stage: number;
  readonly members: readonly Role[];
}

/** When an event happens. */
export type Trigger =
  /** Before the process's n-th operation. */
  | { readonly kind: "count"; readonly nth: number }
  /** At the process's n-th operation of a kind, right in a folder. */
  | {
    readonly kind: "operation";
    readonly operation: string;
    readonly folder: string;
    readonly nth: number;
    readonly when: "before" | "after";
  };

/** What happens. */
export type Happening =
  | { readonly kind: "kill" }
  | { readonly kind: "stop"; readonly ms: number }
  /** The process's host stands still. `clockRuns`: its monotonic clock goes on. */
  | { readonly kind: "freeze"; readonly ms: number; readonly clockRuns: boolean }
  /** The process's host cannot reach the server: calls wait, timers go on. */
  | { readonly kind: "cut off"; readonly ms: number }
  /** The process's host loses power, and starts anew. */
  | { readonly kind: "power cut" }
  /** Calls fail: the next one, or all for some time. `everywhere`: those of other processes too, as on a full disk. */
  | { readonly kind: "fault"; readonly code: FaultCode; readonly ms: number; readonly everywhere: boolean };

/** An event. */
export interface EventPlan {
  readonly process: string;
  readonly trigger: Trigger;
  readonly happening: Happening;
}

/** Who goes on next. */
export type Strategy =
  /** Anybody. */
  | { readonly kind: "uniform" }
  /** Mostly the one who went on last. */
  | { readonly kind: "bursts"; readonly stay: number }
  /** Always the first of an order in which now and then somebody moves to the end. */
  | { readonly kind: "priorities"; readonly change: number };

/** One run. */
export interface Plan {
  readonly seed: number;
  readonly scenario: string;
  readonly mount: MountOptions;
  readonly hosts: readonly HostPlan[];
  readonly tasks: readonly string[];
  readonly processes: readonly ProcessPlan[];
  readonly events: readonly EventPlan[];
  readonly strategy: Strategy;
  /** For the order in which claimants go on, for times of calls, and for caches. */
  readonly scheduleSeed: number;
  /** Time between two stages, in milliseconds. */
  readonly restMs: number;
}
