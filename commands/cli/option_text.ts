/**
 * The options that a subcommand was started with, as text: other users of the jugdir see them in the list of processes.
 *
 * @module
 */
import { MAX_OPTIONS } from "../../backends/validation.ts";
import type { OptionDeclaration, OptionValues } from "./command.ts";

const LONG_FLAG = /--(no-)?([a-z][a-z-]*)/;

/** Returns the given options in the order of their declarations; `undefined` if there are none. */
export function optionText(declared: readonly OptionDeclaration[], values: OptionValues): string | undefined {
  const words = declared.flatMap(({ flags }) => {
    const [flag = "", negation, name = ""] = LONG_FLAG.exec(flags) ?? [];
    const value = values[name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
    if (value === undefined) return [];
    if (typeof value === "boolean") return value === (negation === undefined) ? [flag] : [];
    return [flag, String(value)];
  });
  return words.length === 0 ? undefined : words.join(" ").slice(0, MAX_OPTIONS);
}
