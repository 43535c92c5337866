/**
 * The tasks and tasklets in a value.
 *
 * @module
 */
import { type Hash, isNode, isWrapper, type Node, type Wrapper } from "../brand.ts";
import { isSelfValued, VALUE_METHOD } from "../self_valued.ts";
import { refuseFault } from "./refusal.ts";
import { MAX_DEPTH, Trail } from "./trail.ts";

/** What a wrapped argument becomes when its task runs. */
export type Unwrap =
  /** the value, with the tasks in it resolved and everything else as it is */
  | { readonly kind: "value"; readonly value: unknown }
  /** the value as it is, neither looked into nor copied */
  | { readonly kind: "raw"; readonly value: unknown }
  /** resolved once a worker, then handed to every task that asks for the same `key` */
  | { readonly kind: "shared"; readonly value: unknown; readonly key: string };

/** A wrapper that says what becomes of it. */
export interface WrappedArgument extends Wrapper {
  readonly unwrap: Unwrap;
}

/** Whether it is a wrapper that says what becomes of it. */
export function isWrappedArgument(value: unknown): value is WrappedArgument {
  return isWrapper(value) && "unwrap" in value;
}

/** Values that stay the same for the life of a worker, by key: see `shared`. */
export type SharedValues = Map<string, unknown>;

/** Whether it is looked into for tasks, as an array is. */
export function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A search for tasks. */
interface Search {
  readonly shared: SharedValues;
  readonly found: Map<Hash, Node>;
  /** Made where there is something to look into. */
  walk: Walk | undefined;
}

interface Walk {
  readonly trail: Trail;
  /** What was looked into: what stands in many places is walked through once. */
  readonly seen: Set<object>;
}

/**
 * Every task and tasklet whose result must be known to resolve `value`, once each.
 *
 * @throws {JugError} (usage) It holds itself, or is nested too deep.
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

/** Goes into an array or object; `undefined` where that was done before. */
function enter(holder: object, search: Search): Trail | undefined {
  if (search.walk === undefined) {
    search.walk = { trail: new Trail(), seen: new Set() };
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

/** The keys of what `value` shares with other tasks. */
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
