/**
 * Looks at a jugfile for as long as a command needs it.
 *
 * @module
 */
import type { CommandContext } from "./command.ts";
import type { Inspection } from "./inspection.ts";

/** Loads the jugfile, hands it to `use`, and frees what it holds, whatever happens. */
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
