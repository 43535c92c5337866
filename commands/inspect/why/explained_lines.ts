/**
 * What `jug why` says of one task, for other displays.
 *
 * @module
 */
import type { Hash } from "../../../core/brand.ts";
import { explainTask } from "../../../engine/analysis/why/explain.ts";
import { Situation, type WhyParts } from "../../../engine/analysis/why/situation.ts";
import type { CommandContext } from "../../cli/command.ts";
import { painter } from "../../display/paint.ts";
import { AS_IT_IS } from "../../display/text_fit.ts";
import { remediesOf } from "./remedies.ts";
import { whyText } from "./text.ts";

/** Returns the lines that explain the state of a task; none if the jugfile declares no such task. */
export async function explainedLines(
  parts: WhyParts,
  hash: Hash,
  context: CommandContext,
): Promise<readonly string[]> {
  const situation = await Situation.of(parts);
  const task = situation.declared(hash);
  if (task === undefined) return [];
  const answer = await explainTask(situation, task);
  const found = { task: situation.nameOf(hash), answer, count: 1, sharing: 1 };
  const look = { fit: AS_IT_IS, paint: painter(false) };
  return whyText(found, remediesOf(found, context), look, context.now()).split("\n").filter((line) => line !== "");
}
