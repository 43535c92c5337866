/**
 * Formats values for the prompt, with tasks shown as `Task primes.isPrime(7) finished`.
 *
 * @module
 */
import { isNode, type Node } from "../../core/brand.ts";
import { formatCall } from "../../core/format.ts";
import { isDeclaredTask, requiredTasks } from "../../core/session/dependencies.ts";
import type { DeclaredTask } from "../../core/session/session.ts";

/** Returns the state of a task: "finished", "running", … */
export type StateOf = (task: DeclaredTask) => string;

/** The maximum number of items of a list that are shown. */
const ITEMS = 100;
/** The maximum depth to which values are shown. */
const DEPTH = 4;

/** Returns the tasks that {@linkcode show} would show, whose states it needs. */
export function shownTasks(value: unknown): DeclaredTask[] {
  const found = new Map<string, DeclaredTask>();
  replaceNodes(value, DEPTH, (node) => {
    for (const task of requiredTasks([node])) found.set(task.hash, task);
    return node;
  });
  return [...found.values()];
}

/** Formats a value as the prompt shows it. */
export function show(value: unknown, stateOf: StateOf, colors: boolean): string {
  const shown = replaceNodes(value, DEPTH, (node) => new Shown(nodeText(node, stateOf)));
  return Deno.inspect(shown, { colors, depth: DEPTH, iterableLimit: ITEMS, strAbbreviateSize: 10_000 });
}

function nodeText(node: Node, stateOf: StateOf): string {
  if (isDeclaredTask(node)) return `Task ${formatCall(node)} ${stateOf(node)}`;
  const isThere = requiredTasks([node]).every((task) => stateOf(task) === "finished");
  return `Tasklet ${node.name} ${isThere ? "finished" : "waiting"}`;
}

/** A text that `Deno.inspect` shows without quotes. */
class Shown {
  constructor(readonly text: string) {}

  [Symbol.for("Deno.customInspect")](): string {
    return this.text;
  }
}

/** Returns a copy of the visible part of `value`, in which `replace` replaces each task and tasklet. */
function replaceNodes(value: unknown, depth: number, replace: (node: Node) => unknown): unknown {
  if (typeof value !== "object" || value === null || depth < 0) return value;
  if (isNode(value)) return replace(value);
  const replaceIn = (item: unknown) => replaceNodes(item, depth - 1, replace);
  if (Array.isArray(value)) return value.map((item, index) => index < ITEMS ? replaceIn(item) : item);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, replaceIn(item)]));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceIn(item)]));
}
