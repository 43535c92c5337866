/**
 * Evaluates inputs from a pipe or a file, one after the other.
 *
 * @module
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { ourText, painter } from "../display/paint.ts";
import type { CommandContext } from "../cli/command.ts";
import type { Outcome } from "../cli/outcome.ts";
import { surviveStrayErrors } from "./stray_errors.ts";
import type { ShellSession } from "./open_shell.ts";

/** Evaluates inputs from stdin until it ends, or until `.exit`. */
export async function runPiped(session: ShellSession, context: CommandContext): Promise<Outcome> {
  const endGuard = surviveStrayErrors((text) => context.stderr(`${text}\n`), session.errorText);
  let begun = "";
  try {
    for await (const line of createInterface({ input: process.stdin, terminal: false })) {
      if (begun === "" && line.trim() === ".exit") break;
      const text = begun === "" ? line : `${begun}\n${line}`;
      begun = "";
      if (text.trim() === "") continue;
      const answer = await session.answer(text, false);
      if (answer.kind === "incomplete") begun = text;
      else if (answer.kind === "error") context.stderr(`${answer.text}\n`);
      else if (answer.text !== undefined) context.stdout(`${answer.text}\n`);
    }
  } finally {
    endGuard();
  }
  if (begun !== "") context.stderr(ourText("the last input is incomplete", "red", painter(context.color.stderr)));
  return { kind: "done" };
}
