/**
 * The options that a subcommand was started with, as text: other users of the jugdir see them in the list of processes.
 *
 * @module
 */
import { MAX_OPTIONS } from "../../backends/validation.ts";
import type { OptionDeclaration, OptionValues } from "./command.ts";
import { namesOf } from "./declaration.ts";

/** Returns the given options in the order of their declarations; `undefined` if there are none. */
export function optionText(declared: readonly OptionDeclaration[], values: OptionValues): string | undefined {
  const words = declared.flatMap((declaration) => {
    const { key, flag, isNegated } = namesOf(declaration);
    const value = values[key];
    if (value === undefined) return [];
    if (typeof value === "boolean") return value === !isNegated ? [flag] : [];
    return [flag, String(value)];
  });
  return words.length === 0 ? undefined : words.join(" ").slice(0, MAX_OPTIONS);
}
