/**
 * What to type next.
 *
 * @module
 */
import { credentialsOf } from "../../backends/redis/address.ts";
import { shellWord } from "../../core/remedy/shell_word.ts";
import { resolveJugdir } from "../../engine/load/jugdir.ts";
import type { CommandContext } from "./command.ts";

/** A subcommand on the jugfile and jugdir of this one, ready to paste. A password is not shown. */
export function sameWith(subcommand: string, { jugfile, jugdir, now }: CommandContext): string {
  const words = ["jug", subcommand, shellWord(jugfile)];
  if (jugdir !== resolveJugdir(undefined, jugfile, now())) {
    words.push("--jugdir", credentialsOf(jugdir) === "" ? shellWord(jugdir) : "…");
  }
  return words.join(" ");
}

/** How to find out why tasks failed; `undefined` where nothing is kept of it. */
export function failuresStep(context: CommandContext): string | undefined {
  if (context.jugdir === "memory:") return undefined;
  return `\`${sameWith("failures", context)}\` tells why; \`${
    sameWith("log", context)
  } TASK\` shows what a task printed`;
}
