/**
 * Makes every character of a text visible.
 *
 * @module
 */

/** Characters that are not seen, act on a terminal, or change the direction of the text around them. */
// deno-lint-ignore no-control-regex
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Returns a text with such characters written as in code: `\u001b`. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
