/**
 * Words as a shell reads them.
 *
 * @module
 */

/** `text` as one word, ready to paste; quoted only where it has to be. */
export function shellQuote(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  // Double quotes mean the same to every shell, as long as nothing in them is special to one.
  return /["$`\\!]/.test(text) ? `'${text.replaceAll("'", `'\\''`)}'` : `"${text}"`;
}
