/**
 * `jug why`: explains why a task is in its state, and what has to be done.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import { JugError } from "../../core/errors.ts";
import type { Absence, Explanation } from "../../engine/analysis/why/answer.ts";
import type { Situation } from "../../engine/analysis/why/situation.ts";
import type { Command, CommandContext } from "../cli/command.ts";
import { barrierNotice, type Inspection, requireTasks } from "../cli/inspection.ts";
import { flagOption } from "../cli/option_values.ts";
import type { Outcome } from "../cli/outcome.ts";
import { withInspection } from "../cli/with_inspection.ts";
import { painter } from "../display/paint.ts";
import { stdoutFit } from "../display/text_fit.ts";
import type { TaskReference } from "./task_reference.ts";

/** The subcommand. */
export const why: Command = {
  name: "why",
  summary: "Explain why a task waits, failed, or has to run again, and what to do",
  operands: [
    {
      name: "task",
      description: "its name and index, as in primes.isPrime[3], or the beginning of its hash; " +
        "a name alone means the first task of the name that is not finished",
    },
    { name: "index", description: "the index, if it is not written in brackets", isOptional: true },
  ],
  options: [{ flags: "--json", description: "JSON for programs" }],
  prepare(values, operands = []) {
    const isJson = flagOption(values, "json");
    return (context) => withInspection(context, (inspection) => explain(context, inspection, operands, isJson));
  },
};

async function explain(
  context: CommandContext,
  inspection: Inspection,
  operands: readonly string[],
  isJson: boolean,
): Promise<Outcome> {
  const [
    { findTasks, hashPrefix, taskReference },
    { Situation },
    { explainAbsence, explainTask },
    { whyText },
    { remediesOf },
  ] = await Promise.all([
    import("./task_reference.ts"),
    import("../../engine/analysis/why/situation.ts"),
    import("../../engine/analysis/why/explain.ts"),
    import("./why/text.ts"),
    import("./why/remedies.ts"),
  ]);
  const reference = taskReference(operands);
  const situation = await Situation.of(inspection);
  const look = { fit: await stdoutFit(context), paint: painter(context.color.stdout) };
  const print = (found: Explanation | Absence): Outcome => {
    const remedies = remediesOf(found, context);
    context.stdout(
      isJson
        ? `${
          JSON.stringify(
            { jugdir: inspection.backend.address, ...found, barrier: barrierOf(found, inspection), remedies },
            undefined,
            2,
          )
        }\n`
        : whyText(found, remedies, look, context.now()),
    );
    const notice = "kind" in found ? undefined : barrierNotice(inspection);
    if (notice !== undefined) context.say(notice);
    return { kind: "done" };
  };

  const absent = await absenceOf(reference, hashPrefix(reference), situation, explainAbsence);
  if (absent !== undefined) return print(absent);
  await requireTasks(context, inspection);
  const found = findTasks(reference, inspection);
  const chosen = choose(situation, found);
  const task = situation.declared(chosen);
  if (task === undefined) throw new JugError("usage", `there is no task ${chosen}`);
  const sharing = found.filter((hash) => reasonKey(situation, hash) === reasonKey(situation, chosen)).length;
  const answer = await explainTask(situation, task);
  return print({ task: situation.nameOf(chosen), answer, count: found.length, sharing });
}

/** Explains why the jugfile declares no such task, if it does not and something is known of it. */
async function absenceOf(
  { name, index }: TaskReference,
  prefix: string | undefined,
  situation: Situation,
  explainAbsence: typeof import("../../engine/analysis/why/explain.ts").explainAbsence,
): Promise<Absence | undefined> {
  const isOf = (task: string) => task === name || task.endsWith(`.${name}`);
  const { tasks } = situation;
  const named = tasks.filter((task) => isOf(task.name));
  const isBehind = index !== undefined && index >= named.length && situation.unmetBarriers.length > 0;
  if (named.length > 0 && !isBehind) return undefined;
  if (prefix !== undefined && tasks.some(({ hash }) => hash.startsWith(prefix))) return undefined;
  return await explainAbsence(
    situation,
    name,
    (run) => isOf(run.name) || prefix !== undefined && run.hash.startsWith(prefix),
  );
}

/** Returns the first task that is not finished, or else the first. */
function choose(situation: Situation, hashes: readonly Hash[]): Hash {
  const [first] = hashes;
  const chosen = hashes.find((hash) => !situation.finished.has(hash)) ?? first;
  if (chosen === undefined) throw new TypeError("There is no task to choose from");
  return chosen;
}

/** Returns a text that is the same for tasks that are in one state for one reason, as far as that is seen at once. */
function reasonKey(situation: Situation, hash: Hash): string {
  const state = situation.stateOf(hash);
  const names = situation.missing(hash).map((needed) => situation.declared(needed)?.name);
  return JSON.stringify([state, [...new Set(names)].sort()]);
}

function barrierOf(found: Explanation | Absence, inspection: Inspection) {
  return "kind" in found && found.kind === "hidden" ? found.barrier : inspection.barrier ?? null;
}
