/**
 * Barriers: points where the jugfile waits for tasks.
 *
 * @module
 */
import type { Hash } from "../brand.ts";
import { callerOf } from "../caller.ts";
import { JugError } from "../errors.ts";
import type { Barrier, BarrierTasks, Stretch } from "./barrier_keeper.ts";
import type { Frame } from "./frame.ts";
import { currentFrame, requireLoading, type Session } from "./session.ts";
import type { AnyFunction } from "../types.ts";

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
