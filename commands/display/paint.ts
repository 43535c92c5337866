/**
 * Colours text, if colours are wanted.
 *
 * @module
 */
import { styleText } from "node:util";

/** The styles of text. */
export type Style = "bold" | "dim" | "red" | "yellow" | "green" | "cyan";

/** Applies a style to a text, or returns the text unchanged if no colours are wanted. */
export type Paint = (style: Style, text: string) => string;

/** Returns the {@linkcode Paint} for an output. `color`: whether the output is coloured. */
export function painter(color: boolean): Paint {
  return color ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text;
}

/** Formats a message of jug as whole lines: "jug:" in `style`, then the text, with stack frames dimmed. */
export function ourText(text: string, style: Style, paint: Paint): string {
  const framed = text.replaceAll(/^ {4}at .*$/gm, (frame) => paint("dim", frame));
  return `${paint(style, "jug:")} ${framed}\n`;
}
