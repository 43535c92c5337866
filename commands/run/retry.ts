/**
 * `jug retry`: removes failures that `--keep-failed` kept, so that the next `execute` tries the tasks again.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import { type TaskPattern, taskPattern } from "../../core/pattern.ts";
import type { Command, CommandContext } from "../cli/command.ts";
import { textOption } from "../cli/option_values.ts";
import type { Outcome } from "../cli/outcome.ts";
import { countNames, printTable } from "../display/table.ts";

/** The subcommand. */
export const retry: Command = {
  name: "retry",
  summary: "Free failures that were kept, so that the next execute tries their tasks again",
  options: [{
    flags: "--target <pattern>",
    description: "which tasks: primes.isPrime, isPrime or /regular expression/",
    value: { kind: "text", fallback: "all", names: "task", check: taskPattern },
    notInFiles: "Which failures are freed is said each time, on the command line",
  }],
  prepare(values) {
    const target = textOption(values, "target");
    const pattern = target === undefined ? undefined : taskPattern(target);
    return async (context) => {
      const backend = await context.openBackend();
      try {
        return await freeKept(context, backend, pattern);
      } finally {
        await backend.close();
      }
    };
  },
};

async function freeKept(
  context: CommandContext,
  backend: Backend,
  pattern: TaskPattern | undefined,
): Promise<Outcome> {
  const { readFailures } = await import("../../engine/results/failures.ts");
  const known: string[] = [];
  const freed: { readonly hash: Hash; readonly name: string }[] = [];
  for await (const { hash, record } of readFailures(backend)) {
    if (record.kind !== "failure" || !record.failure.kept) continue;
    const { task } = record.failure;
    known.push(task);
    if (pattern?.matches(task) ?? true) freed.push({ hash, name: task });
  }
  await backend.removeFailures(freed.map(({ hash }) => hash));
  const counts = countNames(freed.map(({ name }) => name));
  if (counts.size > 0) await printTable(context, [...counts.keys()], [{ title: "Freed", counts }]);
  else context.stdout("No failures freed\n");
  if (known.length === 0) context.say("no failures are kept; the next execute tries other failed tasks again anyway");
  else if (pattern !== undefined && freed.length === 0) {
    context.say((await import("../../core/remedy/no_match.ts")).noMatchError(pattern, known).message);
  }
  return { kind: "done" };
}
