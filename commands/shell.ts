/**
 * `jug shell`: its options. What it does is in shell/, which is loaded only when it runs.
 *
 * @module
 */
import type { Command } from "./command.ts";
import { textOption } from "./option_values.ts";

/** The subcommand. */
export const shell: Command = {
  name: "shell",
  summary: "Look at tasks and results at a prompt",
  options: [{ flags: "-e, --eval <expression>", description: "evaluate this, print its value, and leave" }],
  prepare(values) {
    const expression = textOption(values, "eval");
    return async (context) => {
      const { openShell } = await import("./shell/open_shell.ts");
      const session = await openShell(context);
      try {
        if (expression !== undefined) return await session.evaluateOnce(expression);
        const { runPrompt } = await import("./shell/prompt.ts");
        return await runPrompt(session, context);
      } finally {
        await session.close();
      }
    };
  },
};
