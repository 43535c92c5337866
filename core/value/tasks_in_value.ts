/**
 * Finds the tasks and tasklets in a value.
 *
 * @module
 */
import { type Hash, isNode, isWrapper, type Node, type Wrapper } from "../brand.ts";
import { isSelfValued, VALUE_METHOD } from "../self_valued.ts";
import { isPlainObject } from "./kinds.ts";
import { refuseFault } from "./refusal.ts";
import { MAX_DEPTH, MemberPath } from "./member_path.ts";

/** What the function gets for a wrapped argument when the task runs. */
export type Unwrap =
  /**
   * the value, with the tasks in it replaced by their results and everything else unchanged, unless `isCopied`: then it
   * is copied like an argument that is not wrapped (which version 0.2 does not know)
   */
  | { readonly kind: "value"; readonly value: unknown; readonly isCopied?: boolean }
  /** the value unchanged, neither searched for tasks nor copied */
  | { readonly kind: "raw"; readonly value: unknown }
  /** the value, resolved once per worker; every task with the same `key` gets the same object */
  | { readonly kind: "shared"; readonly value: unknown; readonly key: string };

/** A wrapper that defines what the function gets. */
export interface WrappedArgument extends Wrapper {
  readonly unwrap: Unwrap;
}

/** Whether `value` is a wrapper that defines what the function gets. */
export function isWrappedArgument(value: unknown): value is WrappedArgument {
  return isWrapper(value) && "unwrap" in value;
}

/** The values of `shared` arguments, by key, kept for the life of a worker. */
export type SharedValues = Map<string, unknown>;

/** A search for tasks. */
interface Search {
  readonly shared: SharedValues;
  readonly found: Map<Hash, Node>;
  /** Created when the first array or object is entered. */
  walk: Walk | undefined;
}

interface Walk {
  readonly trail: MemberPath;
  /** The objects entered so far: an object found in several places is walked once. */
  readonly seen: Set<object>;
}

/**
 * Returns all tasks and tasklets whose results are needed to resolve `value`, once each. `shared` holds the shared
 * values that are resolved already; these need nothing.
 *
 * @throws {JugError} of kind "usage" if `value` contains a cycle or is nested too deep.
 */
export function collectNodes(value: unknown, shared: SharedValues): Map<Hash, Node> {
  const search: Search = { shared, found: new Map(), walk: undefined };
  collectIn(value, search);
  return search.found;
}

function collectIn(value: unknown, search: Search): void {
  if (typeof value !== "object" || value === null) return;
  if (isNode(value)) {
    search.found.set(value.hash, value);
  } else if (isWrappedArgument(value)) {
    const { unwrap } = value;
    if (unwrap.kind === "raw" || unwrap.kind === "shared" && search.shared.has(unwrap.key)) return;
    collectIn(unwrap.value, search);
  } else if (Array.isArray(value)) {
    const trail = enter(value, search);
    if (trail === undefined) return;
    for (const [i, item] of value.entries()) {
      if (typeof item !== "object" || item === null) continue;
      trail.at(i);
      collectIn(item, search);
    }
    trail.leave();
  } else if (isSelfValued(value)) {
    const trail = enter(value, search);
    if (trail === undefined) return;
    trail.at(VALUE_METHOD);
    collectIn(value[VALUE_METHOD](), search);
    trail.leave();
  } else if (isPlainObject(value)) {
    const trail = enter(value, search);
    if (trail === undefined) return;
    for (const key of Object.keys(value)) {
      trail.at(key);
      collectIn(value[key], search);
    }
    trail.leave();
  }
}

/** Enters an array or object. Returns `undefined` if it was entered before. */
function enter(holder: object, search: Search): MemberPath | undefined {
  if (search.walk === undefined) {
    search.walk = { trail: new MemberPath(), seen: new Set() };
    search.walk.trail.root = "value";
  }
  const { trail, seen } = search.walk;
  const fault = trail.includes(holder) ? "cycle" : trail.depth >= MAX_DEPTH ? "depth" : undefined;
  if (fault !== undefined) throw refuseFault("search", undefined, trail, { fault, key: undefined });
  if (seen.has(holder)) return undefined;
  seen.add(holder);
  trail.enter(holder);
  return trail;
}

/** Returns the keys of the `shared` arguments in `value`. */
export function sharedKeys(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value !== "object" || value === null || isNode(value)) return found;
  if (isWrappedArgument(value)) {
    if (value.unwrap.kind === "shared") found.add(value.unwrap.key);
    if (value.unwrap.kind !== "raw") sharedKeys(value.unwrap.value, found);
  } else if (Array.isArray(value)) {
    for (const item of value) sharedKeys(item, found);
  } else if (isSelfValued(value)) {
    sharedKeys(value[VALUE_METHOD](), found);
  } else if (isPlainObject(value)) {
    for (const key of Object.keys(value)) sharedKeys(value[key], found);
  }
  return found;
}
