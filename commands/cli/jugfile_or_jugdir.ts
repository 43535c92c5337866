/**
 * Looks at a jugfile, or at its jugdir alone if the jugfile cannot be loaded.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import { isJugError, type JugError } from "../../core/errors.ts";
import type { CommandContext } from "./command.ts";
import type { Inspection } from "./inspection.ts";

/** What a command looks at. */
export type Sight =
  | { readonly kind: "jugfile"; readonly inspection: Inspection; readonly backend: Backend }
  /** the jugfile could not be loaded, so only what was run, or runs, is known */
  | { readonly kind: "jugdir"; readonly failure: JugError; readonly backend: Backend };

/** Loads the jugfile, or opens only its jugdir; passes it to `use`, and closes it afterwards, even if `use` throws. */
export async function withJugfileOrJugdir<Result>(
  context: CommandContext,
  use: (sight: Sight) => Promise<Result>,
): Promise<Result> {
  const sight = await open(context);
  try {
    return await use(sight);
  } finally {
    await (sight.kind === "jugfile" ? sight.inspection : sight.backend).close();
  }
}

async function open(context: CommandContext): Promise<Sight> {
  try {
    const inspection = await context.inspect();
    return { kind: "jugfile", inspection, backend: inspection.backend };
  } catch (failure) {
    if (!isJugError(failure) || failure.kind !== "jugfile") throw failure;
    return { kind: "jugdir", failure, backend: await context.openBackend() };
  }
}

/**
 * Returns the line that says that the jugfile could not be loaded, why, and what follows from it.
 *
 * @param rest What follows from it, as in "so waiting tasks are missing"; default: nothing is said of that
 */
export function unloadedNotice({ message }: JugError, rest?: string): string {
  const [first = "", second = ""] = message.split("\n").map((line) => line.trim());
  const reason = first.endsWith("could not be loaded") && second !== "" ? `${first} (${second})` : first;
  return rest === undefined ? reason : `${reason}, ${rest}`;
}
