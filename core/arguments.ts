/**
 * From what is declared to values: each task and tasklet replaced by its result. A task's arguments are copied throughout, so that
 * no task can see what another did to its own; what `value` gives holds everything else as it is.
 *
 * @module
 */
import { type Hash, isNode, isWrapper, type Node, type Wrapper } from "./brand.ts";
import { JugError } from "./errors.ts";
import { evaluateNodes, type LoadResults } from "./evaluate.ts";
import type { DeclaredTask } from "./session.ts";
import { restore, substitute } from "./substitution.ts";

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

function isWrappedArgument(value: unknown): value is WrappedArgument {
  return isWrapper(value) && "unwrap" in value;
}

/** Values that stay the same for the life of a worker, by key: see `shared`. */
export type SharedValues = Map<string, unknown>;

/** Whether it is looked into for tasks, as an array is. */
export function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Every task and tasklet whose result must be known to resolve `value`, once each. */
export function collectNodes(value: unknown, shared: SharedValues, found = new Map<Hash, Node>()): Map<Hash, Node> {
  if (typeof value !== "object" || value === null) return found;
  if (isNode(value)) {
    found.set(value.hash, value);
  } else if (isWrappedArgument(value)) {
    const { unwrap } = value;
    if (unwrap.kind === "raw") return found;
    if (unwrap.kind === "shared" && shared.has(unwrap.key)) return found;
    collectNodes(unwrap.value, shared, found);
  } else if (Array.isArray(value)) {
    for (const item of value) if (typeof item === "object" && item !== null) collectNodes(item, shared, found);
  } else if (isPlainObject(value)) {
    for (const key of Object.keys(value)) collectNodes(value[key], shared, found);
  }
  return found;
}

/** The keys of what `value` shares with other tasks. */
export function sharedKeys(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value !== "object" || value === null || isNode(value)) return found;
  if (isWrappedArgument(value)) {
    if (value.unwrap.kind === "shared") found.add(value.unwrap.key);
    if (value.unwrap.kind !== "raw") sharedKeys(value.unwrap.value, found);
  } else if (Array.isArray(value)) {
    for (const item of value) sharedKeys(item, found);
  } else if (isPlainObject(value)) {
    for (const key of Object.keys(value)) sharedKeys(value[key], found);
  }
  return found;
}

/** What a value is filled in with. */
interface Filling {
  /** The values of tasks and tasklets. */
  readonly values: ReadonlyMap<Hash, unknown>;
  readonly shared: SharedValues;
  /** What becomes of what is neither a task, a wrapper, an array nor a plain object. */
  readonly other: (value: object, filling: Filling) => unknown;
}

/**
 * `value` with each task and tasklet in it replaced by what `values` holds. Arrays and plain objects are copied for that; everything
 * else is the very same.
 */
export function substituteNodes(value: unknown, values: ReadonlyMap<Hash, unknown>, shared: SharedValues): unknown {
  return fillIn(value, { values, shared, other: asItIs });
}

/** A copy of `value`, in which nothing is shared with it, with each task and tasklet replaced by what `values` holds. */
function copyFilled(value: unknown, values: ReadonlyMap<Hash, unknown>, shared: SharedValues): unknown {
  return fillIn(value, { values, shared, other: copyOther });
}

function fillIn(value: unknown, filling: Filling): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (isNode(value)) return filling.values.get(value.hash);
  if (isWrappedArgument(value)) return unwrapArgument(value, filling);
  if (Array.isArray(value)) return value.map((item) => fillIn(item, filling));
  if (!isPlainObject(value)) return filling.other(value, filling);
  const copy: Record<string, unknown> = Object.getPrototypeOf(value) === null ? Object.create(null) : {};
  for (const key of Object.keys(value)) {
    // Not an assignment: a key `__proto__` would change the prototype.
    Object.defineProperty(copy, key, {
      value: fillIn(value[key], filling),
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return copy;
}

function asItIs(value: object): unknown {
  return value;
}

/** What may be an argument holds no tasks here, but may hold wrapped values. */
function copyOther(value: object, filling: Filling): unknown {
  if (value instanceof Map) return new Map([...value].map(([k, v]) => [fillIn(k, filling), fillIn(v, filling)]));
  if (value instanceof Set) return new Set([...value].map((item) => fillIn(item, filling)));
  if (isSelfHashing(value)) return value;
  // Structured clone alone would drop what an error holds, and more: a copy is to be what a stored result would be.
  return restore(structuredClone(substitute(value)));
}

function isSelfHashing(value: object): boolean {
  return Symbol.for("jug.hash") in value;
}

function unwrapArgument({ unwrap }: WrappedArgument, filling: Filling): unknown {
  switch (unwrap.kind) {
    case "raw":
      return unwrap.value;
    case "value":
      return fillIn(unwrap.value, { ...filling, other: asItIs });
    case "shared": {
      const { shared } = filling;
      if (!shared.has(unwrap.key)) shared.set(unwrap.key, fillIn(unwrap.value, filling));
      return shared.get(unwrap.key);
    }
  }
}

/** The arguments that the function of `task` is called with; at once where they hold no results. */
export function resolveArguments(
  task: DeclaredTask,
  load: LoadResults,
  shared: SharedValues,
): unknown[] | Promise<unknown[]> {
  const given = task.compound?.runArgs ?? task.args;
  const nodes = collectNodes(given, shared);
  if (nodes.size === 0) return given.map((arg) => copyFilled(arg, NO_VALUES, shared));
  requireDeclared(task, nodes);
  return evaluateNodes(nodes.values(), load).then((values) => given.map((arg) => copyFilled(arg, values, shared)));
}

const NO_VALUES: ReadonlyMap<Hash, unknown> = new Map();

/**
 * An array that was given to a task and changed afterwards may hold tasks that nobody waits for, even the task itself:
 * a cycle that its hash cannot show.
 */
function requireDeclared(task: DeclaredTask, nodes: ReadonlyMap<Hash, Node>): void {
  const declared = new Set(task.dependencies.map((node) => node.hash));
  for (const node of nodes.values()) {
    if (declared.has(node.hash)) continue;
    throw new JugError(
      "usage",
      node.hash === task.hash
        ? `${task.name} depends on itself: it was put into its own arguments after it was declared`
        : `${task.name}: its arguments were changed after it was declared; they now hold ${node.name}`,
      { remedy: "Give each task an array or object of its own, and do not change it afterwards" },
    );
  }
}
