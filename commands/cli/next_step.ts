/**
 * Suggests what to type next.
 *
 * @module
 */
import { credentialsOf } from "../../backends/redis/address.ts";
import { shellQuote } from "../../core/remedy/shell_quote.ts";
import { resolveJugdir } from "../../engine/load/jugdir.ts";
import type { CommandContext } from "./command.ts";

/**
 * Returns the command line of another subcommand for the same jugfile and jugdir, ready to paste. A jugdir that
 * contains credentials is shown as "…".
 */
export function sameWith(subcommand: string, { jugfile, jugdir, now }: CommandContext): string {
  const words = ["jug", subcommand, shellQuote(jugfile)];
  if (jugdir !== resolveJugdir(undefined, jugfile, now())) {
    words.push("--jugdir", credentialsOf(jugdir) === "" ? shellQuote(jugdir) : "…");
  }
  return words.join(" ");
}

/** Returns a hint how to find out why tasks failed; `undefined` if the jugdir keeps nothing (`memory:`). */
export function failuresStep(context: CommandContext): string | undefined {
  if (/^memory:$/i.test(context.jugdir)) return undefined;
  return `\`${sameWith("failures", context)}\` shows why; \`${
    sameWith("log", context)
  } TASK\` shows what a task printed`;
}
