/**
 * `jug shell`: declares the subcommand. The other modules of this folder implement it and are loaded only when it runs.
 *
 * @module
 */
import type { Command } from "../cli/command.ts";
import { passOnNeeds, rebasePassOn } from "../run/isolate_options.ts";
import { guardJugfile } from "../cli/jugfile_guard.ts";
import { textOption } from "../cli/option_values.ts";

/** The subcommand. */
export const shell: Command = {
  name: "shell",
  summary: "Look at tasks and results at a prompt",
  options: [
    {
      flags: "-e, --eval <expression>",
      description: "evaluate this, print its value, and exit",
      notInFiles: "It is an input; give it on the command line",
    },
    {
      flags: "--pass-on <permissions>",
      description: "further permissions of inputs at a prompt, as in read=data.csv",
      value: { kind: "text", check: passOnNeeds, rebase: rebasePassOn },
    },
  ],
  prepare(values) {
    const expression = textOption(values, "eval");
    const passOn = passOnNeeds(textOption(values, "passOn"));
    return async (context) => {
      const isTerminal = Deno.stdin.isTerminal() && context.liveStdout;
      if (expression === undefined && isTerminal) {
        return await (await import("./prompt/prompt.ts")).runPrompt(context, passOn);
      }
      const { openShell } = await import("./open_shell.ts");
      const release = guardJugfile(context, context.jugfile);
      const session = await openShell(context).finally(release);
      try {
        if (expression !== undefined) return await session.evaluateOnce(expression);
        return await (await import("./piped.ts")).runPiped(session, context);
      } finally {
        await session.close();
      }
    };
  },
};
