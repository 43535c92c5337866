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

/** How deep arguments are looked into. */
const DEPTH = 2;
/** How many items of a list are shown. */
const LENGTH = 20;

function formatArgument(arg: unknown, width: number): string {
  if (isNode(arg)) return `<${arg.name}>`;
  if (typeof arg === "string" && arg.length > width) return JSON.stringify(arg.slice(0, width));
  return inspect(withNames(arg, DEPTH), {
    depth: DEPTH,
    breakLength: Infinity,
    maxArrayLength: LENGTH,
    maxStringLength: width,
    colors: false,
  });
}

/** Stands for a task, whose own arguments may be many, or hold the very task that is described. */
class TaskName {
  constructor(readonly name: string) {}

  [inspect.custom](): string {
    return `<${this.name}>`;
  }
}

/** A copy of what will be shown of `value`, with names in the place of tasks. */
function withNames(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null || depth < 0) return value;
  if (isNode(value)) return new TaskName(value.name);
  if (Array.isArray(value)) {
    return value.map((item, index) => index < LENGTH ? withNames(item, depth - 1) : item);
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withNames(item, depth - 1)]));
}
