/**
 * How jug's own objects are told from plain data.
 *
 * A jugfile may reach another copy of this library than the command line's (by URL, by path, from a compiled program),
 * so an object is known by a string-keyed mark and never by `instanceof`: the copies type-check and work together.
 *
 * @module
 */

/**
 * Forty hexadecimal digits that identify a task: a digest of its name and arguments.
 *
 * @category Tasks
 */
export type Hash = string & { readonly "jug.hash": true };

const HASH = /^[0-9a-f]{40}$/;

/** Whether `text` has the form of a {@linkcode Hash}. */
export function isHash(text: string): text is Hash {
  return HASH.test(text);
}

/**
 * What stands in arguments for a value that comes later: a task, or a tasklet.
 *
 * @category Tasks
 */
export interface Node {
  /** The mark it is known by. */
  readonly "jug.kind": "task" | "tasklet";
  /** What identifies it. */
  readonly hash: Hash;
  /** `module.function` for a task; an expression for a tasklet. */
  readonly name: string;
}

/**
 * What hashing has to know of a TaskGenerator.
 *
 * @category Tasks
 */
export interface GeneratorMark {
  /** The mark it is known by. */
  readonly "jug.kind": "generator";
  /** The name of its tasks. */
  readonly taskName: string;
  /** The version that is part of their hashes. */
  readonly version: string | undefined;
}

/**
 * How a wrapped argument takes part in the hash of its task.
 *
 * @category Arguments
 */
export type WrapperHash =
  /** as the value itself would, so that wrapping it changes no hash */
  | { readonly kind: "value"; readonly value: unknown }
  /** not at all; its task depends on `nodes` all the same */
  | { readonly kind: "nothing"; readonly nodes?: readonly Node[] }
  /** by a digest that the user computed */
  | { readonly kind: "digest"; readonly digest: string }
  /** by this task's hash; `label` keeps it apart from the task's result */
  | { readonly kind: "node"; readonly label: string; readonly node: Node };

/**
 * An argument that is hashed or passed on in a way of its own: `shared(x)`, `noHash(x)`, `noLoad(task)`, …
 *
 * @category Arguments
 */
export interface Wrapper {
  /** The mark it is known by. */
  readonly "jug.kind": "wrapper";
  /** The name of the function that made it, for messages. */
  readonly wrapper: string;
  /** How it takes part in its task's hash. */
  readonly hashAs: WrapperHash;
}

/** The key of the mark that `args` bears: it stands for another list in each session. */
export const LIVE_LIST: unique symbol = Symbol.for("jug.args");

/** Whether `value` is the `args` of this copy of the library or another. */
export function isLiveList(value: object): value is readonly unknown[] {
  return LIVE_LIST in value && Array.isArray(value);
}

function isMarked(value: unknown): value is { readonly "jug.kind": unknown } {
  return (typeof value === "object" || typeof value === "function") && value !== null && "jug.kind" in value;
}

// Somebody's data may bear the mark, so what belongs to it is looked for as well.

/** Whether `value` is a task or a tasklet, of this copy of the library or another. */
export function isNode(value: unknown): value is Node {
  if (!isMarked(value) || value["jug.kind"] !== "task" && value["jug.kind"] !== "tasklet") return false;
  return "hash" in value && typeof value.hash === "string" && isHash(value.hash) &&
    "name" in value && typeof value.name === "string";
}

/** Whether `value` is what `TaskGenerator` returned. */
export function isGenerator(value: unknown): value is GeneratorMark {
  return isMarked(value) && value["jug.kind"] === "generator" &&
    "taskName" in value && typeof value.taskName === "string";
}

/** Whether `value` is an argument wrapped by `shared`, `noHash` and their like. */
export function isWrapper(value: unknown): value is Wrapper {
  return isMarked(value) && value["jug.kind"] === "wrapper" &&
    "wrapper" in value && typeof value.wrapper === "string" && "hashAs" in value;
}
