/**
 * Which word names the jugfile, where words of the subcommand's own follow it.
 *
 * @module
 */

/** The jugfile where none is named. */
export const DEFAULT_JUGFILE = "jugfile.ts";

/** What a subcommand takes behind the jugfile. */
export interface OperandRule {
  /** How many words at most. */
  readonly count: number;
  /** Which other words stand in the jugfile's place. */
  readonly isForJugfile?: ((word: string) => boolean) | undefined;
}

/** The words of a command line. */
export interface SplitWords {
  readonly jugfile: string;
  readonly operands: readonly string[];
}

/**
 * The jugfile and the subcommand's own words. The first word is the jugfile where it looks like a module's name, or where
 * there are more words than the subcommand takes.
 */
export function splitWords(words: readonly string[], { count, isForJugfile }: OperandRule): SplitWords {
  const [first, ...rest] = words;
  if (first === undefined) return { jugfile: DEFAULT_JUGFILE, operands: [] };
  const isJugfile = words.length > count || isModuleName(first) || isForJugfile?.(first) === true;
  return isJugfile ? { jugfile: first, operands: rest } : { jugfile: DEFAULT_JUGFILE, operands: words };
}

/** Whether the word is a path or URL, or has the extension of a module; `/isPrime/` is a regular expression. */
function isModuleName(word: string): boolean {
  if (/^\/.+\/$/s.test(word)) return false;
  return /[/\\]|^(https?|file|data|blob):|\.[cm]?[jt]sx?$/.test(word);
}
