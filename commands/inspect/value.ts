/**
 * `jug value`: prints the value of an export, for users and pipes.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import { JugError } from "../../core/errors.ts";
import type { Failure } from "../../engine/results/failures.ts";
import type { Command, CommandContext } from "../cli/command.ts";
import type { InspectedTask } from "../../engine/inspect/inspect.ts";
import type { Inspection } from "../cli/inspection.ts";
import { flagOption } from "../cli/option_values.ts";
import type { Outcome } from "../cli/outcome.ts";
import type { ValueFormat } from "./value_format.ts";
import { withInspection } from "../cli/with_inspection.ts";

interface Wanted {
  /** The name of the export. */
  readonly name: string | undefined;
  /** Keys into the value, as in `rows.0.name`. */
  readonly path: readonly string[];
  readonly format: ValueFormat;
  /** Whether to print the available part of the value if results are missing. */
  readonly partial: boolean;
}

/** The subcommand. */
export const value: Command = {
  name: "value",
  summary: "Print the value of an export",
  operands: [
    { name: "export", description: "which export of the jugfile" },
    { name: "path", description: "a part of its value, as in rows.0.name", isOptional: true },
  ],
  options: [
    { flags: "--json", description: "print JSON", conflicts: ["csv"] },
    {
      flags: "--csv",
      description: "print a table as CSV: a list of objects, of lists or of single values",
      conflicts: ["json"],
    },
    { flags: "--partial", description: "if results are missing, print the value with null in their place" },
  ],
  prepare(values, operands = []) {
    // `rows 0.name` and `rows.0.name` are equivalent.
    const [name, ...keys] = operands.flatMap((word) => word.split("."));
    const format = flagOption(values, "json") ? "json" : flagOption(values, "csv") ? "csv" : "text";
    const wanted = { name, path: keys, format, partial: flagOption(values, "partial") } as const;
    return (context) => withInspection(context, (inspection) => printValue(context, inspection, wanted));
  },
};

async function printValue(context: CommandContext, inspection: Inspection, wanted: Wanted): Promise<Outcome> {
  const [{ findExport }, { followPath }, { partialValue }, { formatValue }] = await Promise.all([
    import("./find_export.ts"),
    import("./value_path.ts"),
    import("../../core/session/partial.ts"),
    import("./value_format.ts"),
  ]);
  const { name, path } = wanted;
  const root = await findExport(context.jugfile, inspection, name);
  // Follow the path up to the first task: only the requested part has to be complete, not the whole export.
  const declared = followPath({ value: root, path, name: name ?? "" });
  const { value, missing, needed } = await partialValue(declared.value, () => null);
  const { reasons, nextStep } = await whyMissing(context, inspection, missing.map(({ hash }) => hash), needed);
  if (missing.length > 0 && (!wanted.partial || declared.rest.length > 0)) {
    return { kind: "unfinished", reasons, nextStep };
  }
  const found = followPath({ value, path: declared.rest, name: declared.name });
  if (found.rest.length > 0) throw new JugError("usage", `${found.name} has no ${found.rest[0]}`);
  context.stdout(await formatValue(found.value, wanted.format));
  return reasons.length === 0 ? { kind: "done" } : { kind: "unfinished", reasons, nextStep };
}

/** Returns the message about missing results, with the failures that caused them, and the next step. */
async function whyMissing(
  context: CommandContext,
  { tasks, backend }: Inspection,
  missing: readonly Hash[],
  needed: number,
): Promise<{ reasons: string[]; nextStep?: string | undefined }> {
  if (missing.length === 0) return { reasons: [] };
  const text = missingText(missing.length, needed);
  const [{ failureMessage, readFailures }, { failuresStep, sameWith }] = await Promise.all([
    import("../../engine/results/failures.ts"),
    import("../cli/next_step.ts"),
  ]);
  const needs = withDependencies(tasks, missing);
  let count = 0;
  let first: Failure | undefined;
  // Read one at a time: each failure may contain a long log.
  for await (const { hash, record } of readFailures(backend)) {
    if (record.kind !== "failure" || !needs.has(hash)) continue;
    count++;
    first ??= record.failure;
  }
  if (first === undefined) return { reasons: [text], nextStep: `\`${sameWith("execute", context)}\` computes them` };
  const many = count === 1 ? "a task failed:" : `${count} tasks failed, such as`;
  const [message] = failureMessage(first).split("\n", 1);
  return { reasons: [`${text}: ${many} ${first.task}(${first.args}): ${message}`], nextStep: failuresStep(context) };
}

/** Returns `hashes` and all their direct and indirect dependencies. */
function withDependencies(tasks: readonly InspectedTask[], hashes: readonly Hash[]): ReadonlySet<Hash> {
  const dependencies = new Map(tasks.map((task) => [task.hash, task.dependencies]));
  const found = new Set(hashes);
  // Iterating over a Set also visits the elements that are added meanwhile.
  for (const hash of found) for (const needed of dependencies.get(hash) ?? []) found.add(needed);
  return found;
}

function missingText(missing: number, needed: number): string {
  if (needed === 1) return "the result it needs is missing";
  return `${missing} of the ${needed} results it needs ${missing === 1 ? "is" : "are"} missing`;
}
