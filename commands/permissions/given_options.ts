/**
 * Reconstructs the options of a command line from the parser's values.
 *
 * @module
 */
import type { OptionDeclaration, OptionValues } from "../cli/command.ts";
import { namesOf } from "../cli/declaration.ts";

/** Returns the options among `declarations` that were given, one word each: `--workers=2`, `--keep-going`. */
export function givenOptions(declarations: readonly OptionDeclaration[], values: OptionValues): string[] {
  return declarations.flatMap((declaration) => {
    const { key, flag, isNegated } = namesOf(declaration);
    const value = values[key];
    if (isNegated) return value === false ? [flag] : [];
    if (typeof value === "string") return [`${flag}=${value}`];
    return value === true ? [flag] : [];
  });
}
