/**
 * `jug invalidate`: removes the results of tasks and of all their dependents.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { Command, CommandContext, OptionValues } from "../cli/command.ts";
import { withDependents } from "./dependents.ts";
import { barrierNotice, type Inspection, requireTasks } from "../cli/inspection.ts";
import { textOption } from "../cli/option_values.ts";
import { type TaskPattern, taskPattern } from "../../core/pattern.ts";
import { type Removal, REMOVAL_OPTIONS, removalOf } from "./removal.ts";
import { removeTasks } from "./remove_tasks.ts";
import { withInspection } from "../cli/with_inspection.ts";

/** The subcommand. */
export const invalidate: Command = {
  name: "invalidate",
  summary: "Remove the results of a task and of all that depends on it",
  operands: [{
    name: "pattern",
    description: "which tasks: primes.isPrime, isPrime or /regular expression/",
    isOptional: true,
    names: "task",
  }],
  options: [
    {
      flags: "--invalid, --target <pattern>",
      description: "the pattern, given as an option",
      value: { kind: "text", names: "task", check: taskPattern },
      notInFiles: "Which results are removed is said each time, on the command line",
    },
    ...REMOVAL_OPTIONS,
  ],
  prepare(values, operands) {
    const pattern = taskPattern(wantedText(values, operands));
    const removal = removalOf(values);
    return (context) => withInspection(context, (inspection) => removeResults(context, inspection, pattern, removal));
  },
};

function wantedText(values: OptionValues, [word]: readonly string[] = []): string {
  const target = textOption(values, "target");
  if (word !== undefined && target !== undefined) {
    throw new JugError("usage", `'${word}' and --target both name tasks`, {
      remedy: "Give one of them; arguments for the jugfile follow --",
    });
  }
  const text = word ?? target;
  if (text !== undefined) return text;
  throw new JugError("usage", "no task was named", {
    remedy: "Write jug invalidate [JUGFILE] PATTERN, as in jug invalidate primes.ts isPrime",
  });
}

async function removeResults(
  context: CommandContext,
  inspection: Inspection,
  pattern: TaskPattern,
  removal: Removal,
) {
  const { tasks } = inspection;
  await requireTasks(context, inspection);
  const invalid = withDependents(tasks, (task) => pattern.matches(task.name));
  if (invalid.length === 0) {
    const { noMatchError } = await import("../../core/remedy/no_match.ts");
    throw noMatchError(pattern, tasks.map((task) => task.name), barrierNotice(inspection));
  }
  await removeTasks(context, inspection, invalid, removal);
  return { kind: "done" } as const;
}
