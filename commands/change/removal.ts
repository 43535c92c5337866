/**
 * The options and the confirmation that `cleanup` and `invalidate` share. Both delete results permanently, and if the
 * user forgets an argument of the jugfile, results that are needed can look unused.
 *
 * @module
 */
import type { CommandContext, OptionDeclaration, OptionValues } from "../cli/command.ts";
import { flagOption } from "../cli/option_values.ts";

/** The options of both subcommands. */
export const REMOVAL_OPTIONS: readonly OptionDeclaration[] = [
  { flags: "--dry-run", description: "show what would be removed, and change nothing", conflicts: ["yes"] },
  {
    flags: "--yes",
    description: "do not ask before removing results, even on a terminal",
    notInFiles: "Results are removed for good; agree on the command line",
  },
];

/** What the options say about removing. */
export interface Removal {
  /** Whether to change nothing (`--dry-run`). */
  readonly isDry: boolean;
  /** Whether the user agreed on the command line (`--yes`). */
  readonly isAgreed: boolean;
}

/** Reads these options. */
export function removalOf(values: OptionValues): Removal {
  return { isDry: flagOption(values, "dryRun"), isAgreed: flagOption(values, "yes") };
}

/** Whether `count` results may be removed: asks the user on a terminal; elsewhere yes. In a dry run, always no. */
export function mayRemove(context: CommandContext, { isDry, isAgreed }: Removal, count: number): boolean {
  if (isDry) return false;
  if (isAgreed || count === 0 || !context.canAsk) return true;
  const given = context.args.length === 0 ? "without arguments" : `with the arguments ${context.args.join(" ")}`;
  const many = count === 1 ? "this result" : `these ${count} results`;
  const answer = context.confirm(`Remove ${many} for good? (${context.jugfile} was loaded ${given})`);
  if (!answer) context.say("nothing was removed");
  return answer;
}
