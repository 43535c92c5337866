/**
 * Finds the word that names the jugfile on a command line that also has words for the subcommand.
 *
 * @module
 */

/** The jugfile if the command line names none. */
export const DEFAULT_JUGFILE = "jugfile.ts";

/** The words that a subcommand takes after the jugfile. */
export interface OperandRule {
  /** The maximum number of words. */
  readonly count: number;
  /** Whether `word` takes the place of the jugfile although it does not look like the name of a module. */
  readonly isForJugfile?: ((word: string) => boolean) | undefined;
}

/** The words of a command line, split into the jugfile and the rest. */
export interface SplitWords {
  readonly jugfile: string;
  readonly operands: readonly string[];
  /** The arguments for the jugfile that stand among the words. @default none */
  readonly args?: readonly string[];
}

/**
 * Splits the words into the jugfile and the subcommand's own words. The first word is the jugfile if it looks like the
 * name of a module, if `isForJugfile` accepts it, or if there are more words than the subcommand takes.
 */
export function splitWords(words: readonly string[], { count, isForJugfile }: OperandRule): SplitWords {
  const [first, ...rest] = words;
  if (first === undefined) return { jugfile: DEFAULT_JUGFILE, operands: [] };
  const isJugfile = words.length > count || isModuleName(first) || isForJugfile?.(first) === true;
  return isJugfile ? { jugfile: first, operands: rest } : { jugfile: DEFAULT_JUGFILE, operands: words };
}

/** Whether the word is a path, a URL, or has the extension of a module. `/isPrime/` is a pattern, not a path. */
function isModuleName(word: string): boolean {
  if (/^\/.+\/$/s.test(word)) return false;
  return /[/\\]|^(https?|file|data|blob):|\.[cm]?[jt]sx?$/.test(word);
}
