/**
 * Reconstructs the options of a command line from the parser's values.
 *
 * @module
 */
import type { OptionDeclaration, OptionValues } from "../cli/command.ts";

/** Returns the options among `declarations` that were given, one word each: `--workers=2`, `--keep-going`. */
export function givenOptions(declarations: readonly OptionDeclaration[], values: OptionValues): string[] {
  return declarations.flatMap(({ flags }) => {
    const [, isNegated, name = ""] = /--(no-)?([\w-]+)/.exec(flags) ?? [];
    const value = values[name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())];
    if (isNegated !== undefined) return value === false ? [`--no-${name}`] : [];
    if (typeof value === "string") return [`--${name}=${value}`];
    return value === true ? [`--${name}`] : [];
  });
}
