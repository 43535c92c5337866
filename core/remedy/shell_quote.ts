/**
 * Quotes text for a shell.
 *
 * @module
 */

/** Returns `text` as one shell word, quoted only if necessary. */
export function shellQuote(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  // Double quotes work in every shell, if no character in them is special.
  return /["$`\\!]/.test(text) ? `'${text.replaceAll("'", `'\\''`)}'` : `"${text}"`;
}
