/**
 * A `target` that means none of the tasks.
 *
 * @module
 */
import type { WorkerEnd } from "../messages/messages.ts";

/**
 * Refuses a run that was over with nothing done, since its target means no task of the jugfile.
 *
 * @throws {JugError} of kind "usage", with the nearest name.
 */
export async function requireMatch(target: string, end: WorkerEnd | undefined): Promise<void> {
  if (end?.unwanted === undefined || end.unwanted.length === 0 || end.stopped !== undefined) return;
  const { noMatchError } = await import("../../core/remedy/no_match.ts");
  throw noMatchError({ text: target }, end.unwanted);
}
