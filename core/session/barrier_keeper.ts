/**
 * The types of barriers, and the interface of the keeper that opens them.
 *
 * @module
 */
import type { Hash } from "../brand.ts";
import type { Place } from "../caller.ts";
import type { Frame } from "./frame.ts";

/** A barrier that the jugfile has reached. */
export interface Barrier {
  /** The tasks that must be finished. */
  readonly waitsFor: BarrierTasks;
  /** The place in the user's code, if known. */
  readonly place: Place | undefined;
  /** The frame of the compound task whose function waits at the barrier, if any. */
  readonly frame?: Frame | undefined;
}

/** The tasks that a barrier waits for. The form "above" takes no more memory if there are more tasks above the line. */
export type BarrierTasks =
  /** these tasks */
  | { readonly kind: "tasks"; readonly hashes: readonly Hash[] }
  /** all tasks declared above a line */
  | { readonly kind: "above"; readonly stretches: readonly Stretch[] };

/** The first `count` tasks that `frame` declared, or that the session declared if there is no frame. */
export interface Stretch {
  readonly frame: Frame | undefined;
  readonly count: number;
}

/** Decides when a barrier opens. */
export interface BarrierKeeper {
  /** Resolves when every task that the barrier waits for is finished. */
  hold(barrier: Barrier): Promise<void>;
}
