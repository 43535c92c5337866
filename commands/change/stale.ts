/**
 * `jug stale`: shows which results were made by other code than would make them now, and removes them if asked to.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { Command, CommandContext } from "../cli/command.ts";
import { barrierNotice, type Inspection, requireTasks } from "../cli/inspection.ts";
import { flagOption } from "../cli/option_values.ts";
import type { Outcome } from "../cli/outcome.ts";
import { withInspection } from "../cli/with_inspection.ts";
import { type Removal, REMOVAL_OPTIONS, removalOf } from "./removal.ts";

/** The options of the subcommand. */
interface StaleOptions {
  readonly isJson: boolean;
  /** How to remove stale results; `undefined`: they are only shown. */
  readonly removal: Removal | undefined;
}

/** The subcommand. */
export const stale: Command = {
  name: "stale",
  summary: "Show results that other code made than is there now, also in imported modules",
  options: [
    { flags: "--json", description: "JSON for programs", conflicts: ["invalidate"] },
    { flags: "--invalidate", description: "remove stale results and all that depends on them" },
    ...REMOVAL_OPTIONS,
  ],
  prepare(values) {
    const removal = removalOf(values);
    const isInvalidating = flagOption(values, "invalidate");
    if (!isInvalidating && (removal.isDry || removal.isAgreed)) {
      throw new JugError(
        "usage",
        `option '${removal.isDry ? "--dry-run" : "--yes"}' is of use with --invalidate only`,
        {
          remedy: "Without --invalidate, jug stale changes nothing",
        },
      );
    }
    const options = { isJson: flagOption(values, "json"), removal: isInvalidating ? removal : undefined };
    return (context) => withInspection(context, (inspection) => showStale(context, inspection, options));
  },
};

async function showStale(context: CommandContext, inspection: Inspection, options: StaleOptions): Promise<Outcome> {
  await requireTasks(context, inspection);
  const { backend, session, sources } = inspection;
  if (session === undefined || sources === undefined) throw new TypeError("The jugfile was not loaded");
  const [{ findCodeStates, staleTasks }, { jsonStates, printStates }] = await Promise.all([
    import("../../engine/analysis/stale.ts"),
    import("./stale_text.ts"),
  ]);
  const request = { backend, tasks: session.tasks, reader: sources };
  const states = await findCodeStates(request);
  const barrier = inspection.barrier ?? null;
  if (options.isJson) {
    const json = { jugdir: backend.address, functions: jsonStates(states), barrier };
    context.stdout(`${JSON.stringify(json, undefined, 2)}\n`);
  } else await printStates(context, states);
  if (options.removal !== undefined) {
    const found = await staleTasks(request, states);
    if (found.size === 0) context.stdout("No results are stale\n");
    else {
      const [{ withDependents }, { removeTasks }] = await Promise.all([
        import("./dependents.ts"),
        import("./remove_tasks.ts"),
      ]);
      const invalid = withDependents(inspection.tasks, ({ hash }) => found.has(hash));
      await removeTasks(context, inspection, invalid, options.removal);
      return { kind: "done" };
    }
  }
  const notice = barrierNotice(inspection);
  if (notice !== undefined) context.say(notice);
  return { kind: "done" };
}
