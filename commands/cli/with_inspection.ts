/**
 * Inspects a jugfile for the duration of a command.
 *
 * @module
 */
import type { CommandContext } from "./command.ts";
import type { Inspection } from "./inspection.ts";

/** Loads the jugfile, passes the inspection to `use`, and closes it afterwards, even if `use` throws. */
export async function withInspection<Result>(
  context: CommandContext,
  use: (inspection: Inspection) => Promise<Result>,
): Promise<Result> {
  const inspection = await context.inspect();
  try {
    return await use(inspection);
  } finally {
    await inspection.close();
  }
}
