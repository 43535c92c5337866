/**
 * The plan of one run, as data: generated from a seed, and reduced by the shrinker.
 *
 * @module
 */
import type { FaultCode } from "../file_system/failure.ts";
import type { MountOptions } from "../file_system/mount_options.ts";
import type { Role } from "../threads/life.ts";

/** A host of a plan. */
export interface HostPlan {
  readonly name: string;
  /** The rate of its clock; 1 is true time. */
  readonly rate: number;
  /** The start value of its monotonic clock, and the error of its date, in milliseconds. */
  readonly clockStart: number;
  readonly wallError: number;
}

/** A process of a plan. */
export interface ProcessPlan {
  readonly id: string;
  readonly host: string;
  readonly leaseMs: number;
  readonly startMs: number;
  /** A stage begins after all processes of the previous stage have ended. */
  readonly stage: number;
  readonly members: readonly Role[];
}

/** The condition under which an event happens. */
export type Trigger =
  /** Before the process's n-th operation. */
  | { readonly kind: "count"; readonly nth: number }
  /**
   * At the process's n-th operation of a kind on an entry directly in a folder. The renames that seize a segment count
   * as "rename", and also as "seize".
   */
  | {
    readonly kind: "operation";
    readonly operation: string;
    readonly folder: string;
    readonly nth: number;
    readonly when: "before" | "after";
  };

/** The effect of an event. */
export type Happening =
  | { readonly kind: "kill" }
  | { readonly kind: "stop"; readonly ms: number }
  /** Freezes the process's host. `clockRuns`: whether its monotonic clock continues. */
  | { readonly kind: "freeze"; readonly ms: number; readonly clockRuns: boolean }
  /** Cuts the process's host off from the server: calls wait, timers continue. */
  | { readonly kind: "cut off"; readonly ms: number }
  /** Cuts the power of the process's host, which then restarts. */
  | { readonly kind: "power cut" }
  /**
   * Makes calls fail: the next one, or all for some time. `everywhere`: also those of other processes, as on a full
   * disk.
   */
  | { readonly kind: "fault"; readonly code: FaultCode; readonly ms: number; readonly everywhere: boolean };

/** An event of a plan. */
export interface EventPlan {
  readonly process: string;
  readonly trigger: Trigger;
  readonly happening: Happening;
}

/** How the scheduler chooses the claimant that continues next. */
export type Strategy =
  /** Any claimant, with equal chances. */
  | { readonly kind: "uniform" }
  /** Mostly the claimant that ran last. */
  | { readonly kind: "bursts"; readonly stay: number }
  /** Always the first claimant of an order. From time to time it moves to the end. */
  | { readonly kind: "priorities"; readonly change: number };

/** The plan of one run. */
export interface Plan {
  readonly seed: number;
  readonly scenario: string;
  readonly mount: MountOptions;
  readonly hosts: readonly HostPlan[];
  readonly tasks: readonly string[];
  readonly processes: readonly ProcessPlan[];
  readonly events: readonly EventPlan[];
  readonly strategy: Strategy;
  /** The seed for the order in which claimants continue, for the duration of calls, and for caches. */
  readonly scheduleSeed: number;
  /** Time between two stages, in milliseconds. */
  readonly restMs: number;
}
