/**
 * Values at the prompt, with tasks as `Task primes.isPrime(7) finished`.
 *
 * @module
 */
import { isNode, type Node } from "../../core/brand.ts";
import { formatArguments } from "../../core/format.ts";
import { isDeclaredTask, requiredTasks } from "../../core/session/node.ts";
import type { DeclaredTask } from "../../core/session/session.ts";

/** Says how far a task is: "finished", "running", … */
export type StateOf = (task: DeclaredTask) => string;

/** How many items of a list are shown. */
const ITEMS = 100;
/** How deep values are shown. */
const DEPTH = 4;

/** The tasks that {@linkcode show} would show, whose states it will ask for. */
export function shownTasks(value: unknown): DeclaredTask[] {
  const found = new Map<string, DeclaredTask>();
  replaceNodes(value, DEPTH, (node) => {
    for (const task of requiredTasks([node])) found.set(task.hash, task);
    return node;
  });
  return [...found.values()];
}

/** A value as the prompt shows it. */
export function show(value: unknown, stateOf: StateOf, colors: boolean): string {
  const shown = replaceNodes(value, DEPTH, (node) => new Shown(nodeText(node, stateOf)));
  return Deno.inspect(shown, { colors, depth: DEPTH, iterableLimit: ITEMS, strAbbreviateSize: 10_000 });
}

function nodeText(node: Node, stateOf: StateOf): string {
  if (isDeclaredTask(node)) return `Task ${node.name}(${formatArguments(node.args, 60)}) ${stateOf(node)}`;
  const isThere = requiredTasks([node]).every((task) => stateOf(task) === "finished");
  return `Tasklet ${node.name} ${isThere ? "finished" : "waiting"}`;
}

/** A text that is shown without quotes. */
class Shown {
  constructor(readonly text: string) {}

  [Symbol.for("Deno.customInspect")](): string {
    return this.text;
  }
}

/** A copy of what will be shown of `value`, with something else in the place of each task and tasklet. */
function replaceNodes(value: unknown, depth: number, replace: (node: Node) => unknown): unknown {
  if (typeof value !== "object" || value === null || depth < 0) return value;
  if (isNode(value)) return replace(value);
  const replaceIn = (item: unknown) => replaceNodes(item, depth - 1, replace);
  if (Array.isArray(value)) return value.map((item, index) => index < ITEMS ? replaceIn(item) : item);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, replaceIn(item)]));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceIn(item)]));
}
