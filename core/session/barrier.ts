/**
 * Barriers: points where the jugfile waits for tasks.
 *
 * @module
 */
import type { Hash } from "../brand.ts";
import { callerOf, type Place } from "../caller.ts";
import { JugError } from "../errors.ts";
import { currentFrame, type Frame, requireLoading, type Session } from "./session.ts";
import type { AnyFunction } from "../types.ts";

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

/** What was declared above the line that runs now, in the eyes of its barriers. */
export function allAbove(session: Session, frame: Frame | undefined = currentFrame()): BarrierTasks {
  const stretches: Stretch[] = [{ frame, count: frame?.declared.length ?? session.tasks.size }];
  for (let inner = frame; inner !== undefined; inner = inner.parent) {
    stretches.push({ frame: inner.parent, count: inner.before });
  }
  return { kind: "above", stretches };
}

/** The tasks that a barrier waits for, each at least once. */
export function tasksOf(session: Session, waitsFor: BarrierTasks): Hash[] {
  if (waitsFor.kind === "tasks") return [...waitsFor.hashes];
  return waitsFor.stretches.flatMap(({ frame, count }) =>
    (frame?.declared ?? [...session.tasks.keys()]).slice(0, count)
  );
}

/** Holds the caller until the tasks of `waitsFor` are finished. */
export async function suspend(
  session: Session,
  waitsFor: BarrierTasks,
  name: string,
  callee: AnyFunction,
): Promise<void> {
  requireLoading(session, `${name}() was called`);
  const barrier: Barrier = { waitsFor, place: callerOf(callee), frame: currentFrame() };
  if (session.keeper === undefined) {
    throw new JugError("usage", `${name}() has nobody to run the tasks it waits for`, {
      remedy: "Run the script with `jug execute`, or `await execute()` before the barrier",
    });
  }
  await session.keeper.hold(barrier);
}
