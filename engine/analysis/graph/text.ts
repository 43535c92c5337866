/**
 * Text in pictures: without characters that a page or a terminal would obey, cut to a length, and measured.
 *
 * @module
 */
import widths from "./font/widths.json" with { type: "json" };

/** The weights of the font. */
export type Weight = keyof typeof widths;

/** The widths of the characters from the space on, in thousandths of the font's size. */
const WIDTHS: Readonly<Record<Weight, readonly number[]>> = {
  regular: widths.regular.split(" ").map(Number),
  bold: widths.bold.split(" ").map(Number),
};
const FIRST = 0x20;
/** For characters whose widths are not known: about a wide letter. Most scripts beyond U+1100 are twice as wide. */
const UNKNOWN = 680;
const WIDE = 1000;
const WIDE_FROM = 0x1100;

/** Returns the width of a text in the font of the pictures, in units of its size. */
export function textWidth(text: string, size: number, weight: Weight = "regular"): number {
  let width = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    width += WIDTHS[weight][code - FIRST] ?? (code < WIDE_FROM || code >= 0x2000 && code < 0x2c00 ? UNKNOWN : WIDE);
  }
  return width * size / 1000;
}

/**
 * Control characters, line breaks, characters that XML forbids, and those that change the direction of the text around
 * them.
 */
// deno-lint-ignore no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g;

/** Returns `text` with a � for each character that must not get into a picture. */
export function safeText(text: string): string {
  return text.toWellFormed().replace(UNSAFE, "\ufffd");
}

/** Returns `text`, with its middle cut out if it is longer than `length` characters. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  const characters = [...text];
  if (characters.length <= length) return text;
  const end = Math.floor((length - 1) / 2);
  return `${characters.slice(0, length - 1 - end).join("")}…${characters.slice(characters.length - end).join("")}`;
}
