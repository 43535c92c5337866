/**
 * Barriers: lines where the jugfile waits for tasks.
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

/**
 * Returns what a barrier at the current line waits for: all tasks declared above it. In the function of a compound
 * task, these are the tasks that the function declared so far, and the tasks declared before each enclosing compound
 * task.
 */
export function allAbove(session: Session, frame: Frame | undefined = currentFrame()): BarrierTasks {
  const stretches: Stretch[] = [{ frame, count: frame?.declared.length ?? session.tasks.size }];
  for (let inner = frame; inner !== undefined; inner = inner.parent) {
    stretches.push({ frame: inner.parent, count: inner.before });
  }
  return { kind: "above", stretches };
}

/** Returns the hashes of the tasks that a barrier waits for. A hash may occur more than once. */
export function tasksOf(session: Session, waitsFor: BarrierTasks): Hash[] {
  if (waitsFor.kind === "tasks") return [...waitsFor.hashes];
  return waitsFor.stretches.flatMap(({ frame, count }) =>
    (frame?.declared ?? [...session.tasks.keys()]).slice(0, count)
  );
}

/**
 * Waits until the tasks of `waitsFor` are finished.
 *
 * @param name The public function that was called, for messages.
 * @param callee The public function that was called, to find the user's line.
 * @throws {JugError} of kind "usage" inside a running task, after the jugfile was loaded, and if the session has no
 * keeper, so that nothing runs the tasks.
 */
export async function suspend(
  session: Session,
  waitsFor: BarrierTasks,
  name: string,
  callee: AnyFunction,
): Promise<void> {
  requireLoading(session, `${name}() was called`);
  const barrier: Barrier = { waitsFor, place: callerOf(callee), frame: currentFrame() };
  if (session.keeper === undefined) {
    throw new JugError("usage", `${name}() was called, but nothing runs the tasks it waits for`, {
      remedy: "Run the script with `jug execute`, or `await execute()` before the barrier",
    });
  }
  await session.keeper.hold(barrier);
}
