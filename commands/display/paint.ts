/**
 * Colours, where they are wanted.
 *
 * @module
 */
import { styleText } from "node:util";

/** What a text may look like. */
export type Style = "bold" | "dim" | "red" | "yellow" | "green" | "cyan";

/** Gives a text a look, or leaves it as it is where no colours are wanted. */
export type Paint = (style: Style, text: string) => string;

/** The {@linkcode Paint} of an output. */
export function painter(color: boolean): Paint {
  return color ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text;
}

/** What jug says of itself: `jug:` stands out, and where an error arose steps back. */
export function ourText(text: string, style: Style, paint: Paint): string {
  const framed = text.replaceAll(/^ {4}at .*$/gm, (frame) => paint("dim", frame));
  return `${paint(style, "jug:")} ${framed}\n`;
}
