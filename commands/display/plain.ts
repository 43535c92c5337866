/**
 * Makes text from a store or from a jugfile safe for one line of a terminal.
 *
 * @module
 */
import { stripVTControlCharacters } from "node:util";

/** Control characters, line separators, and characters that change the direction of what follows. */
const UNSAFE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

/** Returns the text as one line that cannot move the cursor, set colours, or change the direction of writing. */
export function plainLine(text: string): string {
  return stripVTControlCharacters(text).replace(UNSAFE, " ").trim();
}
