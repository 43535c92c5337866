/**
 * Shows where two versions of a text differ first.
 *
 * @module
 */
import { tokenizer } from "npm:acorn@8";

/** The first lines that differ. */
export interface Difference {
  readonly was: string | undefined;
  readonly is: string | undefined;
}

interface Token {
  readonly text: string;
  /** Where it begins. */
  readonly at: number;
}

/** Returns the lines with the first token that differs, so that comments and formatting are passed over. */
export function firstDifference(was: string, is: string): Difference {
  const [before, after] = [tokensOf(was), tokensOf(is)];
  let same = 0;
  while (same < before.length && same < after.length && before[same]?.text === after[same]?.text) same++;
  return { was: lineAt(was, before[same]), is: lineAt(is, after[same]) };
}

/** Returns the tokens up to the first that JavaScript does not have, and the rest as one token a line. */
function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  try {
    for (const token of tokenizer(text, { ecmaVersion: "latest", sourceType: "module" })) {
      tokens.push({ text: text.slice(token.start, token.end), at: token.start });
      end = token.end;
    }
    return tokens;
  } catch {
    for (const { 0: line, index } of text.slice(end).matchAll(/[^\n]*\S[^\n]*/g)) {
      tokens.push({ text: line.trim(), at: end + index + line.search(/\S/) });
    }
    return tokens;
  }
}

function lineAt(text: string, token: Token | undefined): string | undefined {
  if (token === undefined) return undefined;
  const start = text.lastIndexOf("\n", token.at - 1) + 1;
  const end = text.indexOf("\n", token.at);
  return text.slice(start, end < 0 ? undefined : end).trim();
}
