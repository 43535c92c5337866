/**
 * `jug install-skills`: copies the skill that tells assistants how to use jug.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { Command } from "../cli/command.ts";
import { flagOption, textOption } from "../cli/option_values.ts";

/** The subcommand. */
export const installSkills: Command = {
  name: "install-skills",
  summary: "Copy the skill for assistants that write programs: how to use jug",
  examples: [
    ["jug install-skills --output skills", "creates skills/jug/SKILL.md and what it refers to"],
    ["jug install-skills --output skills --force", "replaces these files, as after a new version of jug"],
  ],
  operands: [],
  hasJugfile: false,
  hasSettings: false,
  options: [
    {
      flags: "--output <folder>",
      description: "the folder of skills, in which the folder jug is created",
      value: { kind: "text", names: "folder" },
    },
    { flags: "--force", description: "replace files that exist" },
  ],
  prepare(values) {
    const folder = textOption(values, "output");
    if (folder === undefined || folder === "") {
      throw new JugError("usage", "no folder was named", { remedy: "Give --output and the folder of skills" });
    }
    const isForced = flagOption(values, "force");
    return async (context) => {
      const { writeSkill } = await import("./write_skill.ts");
      for (const path of writeSkill(folder, isForced)) context.stdout(`${path}\n`);
      return { kind: "done" };
    };
  },
};
