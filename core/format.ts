/**
 * Tasks as a line of text.
 *
 * @module
 */
import { inspect } from "node:util";
import { isNode } from "./brand.ts";

/** `7, "fast"`: arguments as they would be written, cut to `width` characters. */
export function formatArguments(args: readonly unknown[], width = 100): string {
  let text = "";
  for (const arg of args) {
    if (text !== "") text += ", ";
    text += formatArgument(arg, width);
    if (text.length > width) break;
  }
  text = text.replace(/\s+/g, " ");
  return text.length > width ? text.slice(0, width - 1) + "…" : text;
}

function formatArgument(arg: unknown, width: number): string {
  if (isNode(arg)) return `<${arg.name}>`;
  if (typeof arg === "string" && arg.length > width) return JSON.stringify(arg.slice(0, width));
  return inspect(arg, { depth: 2, breakLength: Infinity, maxArrayLength: 20, maxStringLength: width, colors: false });
}
