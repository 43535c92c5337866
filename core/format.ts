/**
 * Formats the arguments of a task as one line of text.
 *
 * @module
 */
import { inspect } from "node:util";
import { isNode } from "./brand.ts";

/** Returns arguments as written in code, such as `7, "fast"`, cut to `width` characters. */
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

/** Formats a call for messages: the task's name and its arguments, cut to `width`. */
export function formatCall(
  { name, args }: { readonly name: string; readonly args: readonly unknown[] },
  width = 60,
): string {
  return `${name}(${formatArguments(args, width)})`;
}

/** How many levels of an argument are shown. */
const DEPTH = 2;
/** How many items of a list are shown. */
const LENGTH = 20;

/** Printable ASCII without what `inspect` escapes: single quotes and backslashes. */
const PLAIN = /^[ -&(-[\]-~]*$/;

function formatArgument(arg: unknown, width: number): string {
  // Numbers and most texts need no inspection, which costs a hundred times as much.
  if (typeof arg === "number") return Object.is(arg, -0) ? "-0" : String(arg);
  if (isNode(arg)) return `<${arg.name}>`;
  if (typeof arg === "string" && arg.length <= width && PLAIN.test(arg)) return `'${arg}'`;
  if (typeof arg === "string" && arg.length > width) return JSON.stringify(arg.slice(0, width));
  return inspect(withNames(arg, DEPTH), {
    depth: DEPTH,
    breakLength: Infinity,
    maxArrayLength: LENGTH,
    maxStringLength: width,
    colors: false,
  });
}

/** Replaces a task. Its own arguments may be many, or may contain the very task that is described. */
class TaskName {
  constructor(readonly name: string) {}

  [inspect.custom](): string {
    return `<${this.name}>`;
  }
}

/** Replaces consecutive tasks of one name. */
class TaskNames {
  constructor(readonly name: string, readonly count: number) {}

  [inspect.custom](): string {
    return `${this.count} × ${this.name}`;
  }
}

/** Replaces a list that contains only tasks of one name. */
class TaskList extends TaskNames {
  override [inspect.custom](): string {
    return `[${super[inspect.custom]()}]`;
  }
}

/** This many or more consecutive tasks of one name are shown as a count. */
const MANY = 4;

/** Returns a copy of the part of `value` that will be shown, with each task replaced by its name. */
function withNames(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null || depth < 0) return value;
  if (isNode(value)) return new TaskName(value.name);
  if (Array.isArray(value)) return listWithNames(value, depth - 1);
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withNames(item, depth - 1)]));
}

function listWithNames(list: readonly unknown[], depth: number): unknown {
  const shown: unknown[] = [];
  for (let at = 0; at < list.length;) {
    const count = alike(list, at);
    const first = list[at];
    if (isNode(first) && count >= MANY) {
      if (count === list.length) return new TaskList(first.name, count);
      shown.push(new TaskNames(first.name, count));
      at += count;
    } else {
      // `inspect` does not show the items after the first LENGTH, it only counts them.
      shown.push(shown.length < LENGTH ? withNames(first, depth) : first);
      at++;
    }
  }
  return shown;
}

/** Returns how many consecutive items, from index `from`, are tasks of one name. */
function alike(list: readonly unknown[], from: number): number {
  const first = list[from];
  if (!isNode(first)) return 0;
  let to = from + 1;
  for (let next = list[to]; isNode(next) && next.name === first.name; next = list[to]) to++;
  return to - from;
}
