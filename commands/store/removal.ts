/**
 * What `cleanup` and `invalidate` have in common: they remove for good what a forgotten argument makes look unused.
 *
 * @module
 */
import type { CommandContext, OptionDeclaration, OptionValues } from "../cli/command.ts";
import { flagOption } from "../cli/option_values.ts";

/** The options of both. */
export const REMOVAL_OPTIONS: readonly OptionDeclaration[] = [
  { flags: "--dry-run", description: "show what would go, and change nothing", conflicts: ["yes"] },
  { flags: "--yes", description: "do not ask before anything goes, as is done on a terminal" },
];

/** What is known of the user's will. */
export interface Removal {
  /** Whether nothing may be changed. */
  readonly isDry: boolean;
  /** Whether it was agreed to on the command line. */
  readonly isAgreed: boolean;
}

/** What the options say. */
export function removalOf(values: OptionValues): Removal {
  return { isDry: flagOption(values, "dryRun"), isAgreed: flagOption(values, "yes") };
}

/** Whether `count` results may go: on a terminal the user is asked, elsewhere nobody is there to ask. */
export function mayRemove(context: CommandContext, { isDry, isAgreed }: Removal, count: number): boolean {
  if (isDry) return false;
  if (isAgreed || count === 0 || !context.canAsk) return true;
  const given = context.args.length === 0 ? "without arguments" : `with the arguments ${context.args.join(" ")}`;
  const many = count === 1 ? "this result" : `these ${count} results`;
  const answer = context.confirm(`Remove ${many} for good? (${context.jugfile} was loaded ${given})`);
  if (!answer) context.say("nothing was removed");
  return answer;
}
