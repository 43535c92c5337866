/**
 * The marks that distinguish jug's objects from plain data.
 *
 * A jugfile may import a different copy of this library than the command line uses (by URL, by path, from a compiled
 * program). So objects are recognized by a string-keyed mark, never by `instanceof`. This way the copies work together,
 * and their types are compatible.
 *
 * @module
 */

/**
 * Identifies a task or tasklet: 40 hexadecimal digits in lower case. The hash of a task is a digest of its name,
 * version and arguments.
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
 * A task or a tasklet: among arguments, the placeholder for a value that is computed later.
 *
 * @category Tasks
 */
export interface Node {
  /** The mark by which jug recognizes a task or tasklet. */
  readonly "jug.kind": "task" | "tasklet";
  /** The hash that identifies the task or tasklet. */
  readonly hash: Hash;
  /** `module.function` for a task; an expression for a tasklet. */
  readonly name: string;
}

/**
 * The part of a TaskGenerator that hashing uses.
 *
 * @category Tasks
 */
export interface GeneratorMark {
  /** The mark by which jug recognizes a TaskGenerator. */
  readonly "jug.kind": "generator";
  /** The name of its tasks, `module.function`. */
  readonly taskName: string;
  /** The version that is part of their hashes; `undefined` if there is none. */
  readonly version: string | undefined;
}

/**
 * How a wrapped argument contributes to the hash of its task.
 *
 * @category Arguments
 */
export type WrapperHash =
  /** like the value itself, so wrapping does not change the hash */
  | { readonly kind: "value"; readonly value: unknown }
  /** not at all; its task still depends on `nodes` */
  | { readonly kind: "nothing"; readonly nodes?: readonly Node[] }
  /** by a digest computed outside jug's hashing, as `customHash` and `timedPath` do */
  | { readonly kind: "digest"; readonly digest: string }
  /** by the hash of this task; `label` distinguishes the argument from the task's result */
  | { readonly kind: "node"; readonly label: string; readonly node: Node };

/**
 * An argument with its own rules for hashing or passing on, made by `shared(x)`, `noHash(x)`, `noLoad(task)` and
 * others.
 *
 * @category Arguments
 */
export interface Wrapper {
  /** The mark by which jug recognizes a wrapped argument. */
  readonly "jug.kind": "wrapper";
  /** The name of the function that made it, for messages. */
  readonly wrapper: string;
  /** How it contributes to the hash of its task. */
  readonly hashAs: WrapperHash;
}

/** The key of the mark on `args`, whose content differs from session to session. */
export const LIVE_LIST: unique symbol = Symbol.for("jug.args");

/** Whether `value` is `args`, of this copy of the library or another. */
export function isLiveList(value: object): value is readonly unknown[] {
  return LIVE_LIST in value && Array.isArray(value);
}

function isMarked(value: unknown): value is { readonly "jug.kind": unknown } {
  return (typeof value === "object" || typeof value === "function") && value !== null && "jug.kind" in value;
}

// A user's data may contain a "jug.kind" key, so the checks below also require the other properties.

/** Whether `value` is a task or a tasklet, of this copy of the library or another. */
export function isNode(value: unknown): value is Node {
  if (!isMarked(value) || value["jug.kind"] !== "task" && value["jug.kind"] !== "tasklet") return false;
  return "hash" in value && typeof value.hash === "string" && isHash(value.hash) &&
    "name" in value && typeof value.name === "string";
}

/** Whether `value` was returned by `TaskGenerator`, of this copy of the library or another. */
export function isGenerator(value: unknown): value is GeneratorMark {
  return isMarked(value) && value["jug.kind"] === "generator" &&
    "taskName" in value && typeof value.taskName === "string";
}

/** The name of the wrapper of arguments that are neither recorded nor printed. */
export const SECRET = "secret";

/** Whether `value` is an argument wrapped by `secret`, of this copy of the library or another. */
export function isSecret(value: unknown): boolean {
  return isWrapper(value) && value.wrapper === SECRET;
}

/** Whether `value` is an argument wrapped by `shared`, `noHash` or a similar function. */
export function isWrapper(value: unknown): value is Wrapper {
  return isMarked(value) && value["jug.kind"] === "wrapper" &&
    "wrapper" in value && typeof value.wrapper === "string" && "hashAs" in value;
}
