/**
 * Refuses a `target` that matches no task.
 *
 * @module
 */
import type { WorkerEnd } from "../messages/messages.ts";

/**
 * Refuses a run that ended without doing anything because its target matches no task of the jugfile.
 *
 * @throws {JugError} of kind "usage"; it suggests the nearest name.
 */
export async function requireMatch(target: string, end: WorkerEnd | undefined): Promise<void> {
  if (end?.unwanted === undefined || end.unwanted.length === 0 || end.stopped !== undefined) return;
  const { noMatchError } = await import("../../core/remedy/no_match.ts");
  throw noMatchError({ text: target }, end.unwanted);
}
