/**
 * What a barrier is, and who opens it.
 *
 * @module
 */
import type { Hash } from "../brand.ts";
import type { Place } from "../caller.ts";
import type { Frame } from "./frame.ts";

/** A point of the jugfile that waits. */
export interface Barrier {
  /** The tasks that must be finished. */
  readonly waitsFor: BarrierTasks;
  /** Where it stands. */
  readonly place: Place | undefined;
  /** The function of a compound task that waits at it, if any. */
  readonly frame?: Frame | undefined;
}

/** What a barrier waits for. A line takes no more room the more tasks stand above it. */
export type BarrierTasks =
  /** these tasks */
  | { readonly kind: "tasks"; readonly hashes: readonly Hash[] }
  /** all that stands above a line */
  | { readonly kind: "above"; readonly stretches: readonly Stretch[] };

/** The first tasks of those that a frame declared, or the session where there is no frame. */
export interface Stretch {
  readonly frame: Frame | undefined;
  readonly count: number;
}

/** Who decides when a barrier opens. */
export interface BarrierKeeper {
  /** Resolves when every task that the barrier waits for is finished. */
  hold(barrier: Barrier): Promise<void>;
}
