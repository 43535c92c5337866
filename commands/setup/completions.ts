/**
 * `jug completions`: prints a script that lets a shell complete command lines.
 *
 * @module
 */
import { basename } from "node:path";
import { JugError } from "../../core/errors.ts";
import type { Command } from "../cli/command.ts";
import { NO_LINE } from "../cli/configuration.ts";
import { textOption } from "../cli/option_values.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;
const NAME = /^[\w.+-]+$/;

/** The subcommand. */
export const completions: Command = {
  name: "completions",
  summary: "Print a script that completes command lines with Tab, for bash, zsh or fish",
  operands: [{ name: "shell", description: SHELLS.join(", "), choices: SHELLS }],
  hasJugfile: false,
  hasSettings: false,
  options: [{ flags: "--name <command>", description: "the name that you call jug by (default: jug)" }],
  prepare(values, operands = [], { commands } = NO_LINE) {
    const [word, ...others] = operands;
    const shell = SHELLS.find((shell) => shell === word);
    if (shell === undefined || others.length > 0) {
      const what = word === undefined ? "no shell was named" : `'${operands.join(" ")}' is not a shell that jug knows`;
      throw new JugError("usage", what, { remedy: `Give one of ${SHELLS.join(", ")}` });
    }
    const name = textOption(values, "name") ?? ownName();
    if (!NAME.test(name)) {
      throw new JugError("usage", `option '--name' cannot be ${JSON.stringify(name)}`, {
        remedy: "Give the name of a command, without a folder",
      });
    }
    return async (context) => {
      const { completionScript } = await import("../completion/script.ts");
      context.stdout(completionScript(shell, name, commands));
      return { kind: "done" };
    };
  },
};

/** A compiled program knows its name. */
function ownName(): string {
  const name = Deno.build.standalone ? basename(Deno.execPath()).replace(/\.exe$/i, "") : "jug";
  return NAME.test(name) ? name : "jug";
}
