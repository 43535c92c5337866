/**
 * What a completion script knows: the subcommands, their options and words, in a form that any shell can hold.
 *
 * @module
 */
import { SCHEMES } from "../../backends/open.ts";
import type { Command } from "../cli/command.ts";
import { optionsOf } from "../cli/common_options.ts";
import { namesOf, type OperandDeclaration, type OptionDeclaration, ruleOf } from "../cli/declaration.ts";

/**
 * What a word can be: `jugfile`, `task`, `jugdir`, `file`, `folder`, `subcommand`, `words A B C` for one of several words, or `any`
 * if nothing is known.
 */
export type Kind = string;

/** An option, or a subcommand, as the user sees it. */
export interface Item {
  readonly name: string;
  readonly description: string;
}

/** A subcommand. */
export interface TableRow extends Item {
  readonly aliases: readonly string[];
  readonly options: readonly (Item & { readonly value: Kind | undefined })[];
  /** Whether the first word is the jugfile. */
  readonly hasJugfile: boolean;
  /** The words of its own; `undefined` if all words are arguments of the jugfile. */
  readonly operands: readonly Kind[] | undefined;
}

const HELP = { name: "--help", description: "show help", value: undefined };

/** Returns a row for each subcommand. */
export function tableOf(commands: readonly Command[]): TableRow[] {
  return commands.map((command) => {
    const { name, summary, aliases = [], hasJugfile = true, operands, operandsFirst = false } = command;
    const options = optionsOf(command).flatMap((declaration) => {
      const value = valueKind(declaration);
      return namesOf(declaration).all.map((name) => ({ name, description: declaration.description, value }));
    });
    return {
      name,
      description: summary,
      aliases,
      options: [...options, HELP],
      hasJugfile: hasJugfile && !operandsFirst,
      operands: operandsFirst ? [...(operands ?? []).map(operandKind), "jugfile"] : operands?.map(operandKind),
    };
  });
}

function valueKind(declaration: OptionDeclaration): Kind | undefined {
  const rule = ruleOf(declaration);
  switch (rule?.kind) {
    case undefined:
      return undefined;
    case "number":
      return rule.words === undefined ? "any" : `words ${rule.words.join(" ")}`;
    case "choice":
      return `words ${rule.choices.join(" ")}`;
    case "lists":
      return "any";
    case "text":
      return rule.names ?? "any";
  }
}

function operandKind({ names, choices }: OperandDeclaration): Kind {
  return names ?? (choices === undefined ? "any" : `words ${choices.join(" ")}`);
}

/** The beginnings of addresses. */
export const ADDRESSES: readonly string[] = SCHEMES.map((scheme) =>
  /^redis/.test(scheme) ? `${scheme}//` : scheme === "file:" ? "file:///" : scheme
);

/** The schemes that a path follows. */
export const PATH_SCHEMES: readonly string[] = SCHEMES.filter((scheme) =>
  /^(sqlite|memory|module|unix):$/.test(scheme)
);

/** The extensions of modules. */
export const EXTENSIONS: readonly string[] = ["ts", "mts", "cts", "tsx", "js", "mjs", "cjs", "jsx"];

/** Matches the line by which a jugfile imports jug, for `grep -E`. It contains no quotes, which shells would read. */
export const IMPORTS_JUG = "(from|import)[[:space:](]*[^[:alnum:][:space:]](jug|[^;]*/mod[.]ts)[^[:alnum:]/_.-]";
