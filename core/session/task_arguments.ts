/**
 * Replaces tasks and tasklets by their results, in the arguments of tasks and for `value`. The arguments of a task are
 * copied completely, so that no task can see what another did to its arguments. `value` copies arrays and plain objects
 * only.
 *
 * @module
 */
import { type Hash, isNode, type Node } from "../brand.ts";
import { JugError } from "../errors.ts";
import { evaluateNodes, type LoadResults } from "./evaluate.ts";
import type { DeclaredTask } from "./session.ts";
import { isSelfValued, VALUE_METHOD } from "../self_valued.ts";
import { restore, substitute } from "../value/substitution.ts";
import { collectNodes, isWrappedArgument, type SharedValues, type WrappedArgument } from "../value/tasks_in_value.ts";
import { isPlainObject, isSelfHashing } from "../value/kinds.ts";
import { setOwnProperty } from "../value/own_property.ts";

/** The state of one substitution. */
interface Filling {
  /** The values of tasks and tasklets. */
  readonly values: ReadonlyMap<Hash, unknown>;
  readonly shared: SharedValues;
  /**
   * The copy of each object copied so far. As in structured clone, an object found in several places is copied once.
   */
  readonly copies: Map<object, unknown>;
  /** Converts an object that is neither a task, a wrapper, an array nor a plain object. */
  readonly other: (value: object, filling: Filling) => unknown;
}

/**
 * Returns `value` with each task and tasklet replaced by its value in `values`. Arrays and plain objects are copied;
 * everything else is the same object.
 */
export function substituteNodes(value: unknown, values: ReadonlyMap<Hash, unknown>, shared: SharedValues): unknown {
  return fillIn(value, { values, shared, copies: new Map(), other: asItIs });
}

function fillIn(value: unknown, filling: Filling): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (isNode(value)) return filling.values.get(value.hash);
  if (isWrappedArgument(value)) return unwrapArgument(value, filling);
  const known = filling.copies.get(value);
  if (known !== undefined) return known;
  const copy = copyHolder(value, filling);
  filling.copies.set(value, copy);
  return copy;
}

function copyHolder(value: object, filling: Filling): unknown {
  if (Array.isArray(value)) return value.map((item) => fillIn(item, filling));
  if (isSelfValued(value)) return fillIn(value[VALUE_METHOD](), filling);
  if (!isPlainObject(value)) return filling.other(value, filling);
  const copy: Record<string, unknown> = Object.getPrototypeOf(value) === null ? Object.create(null) : {};
  for (const key of Object.keys(value)) {
    setOwnProperty(copy, key, fillIn(value[key], filling));
  }
  return copy;
}

function asItIs(value: object): unknown {
  return value;
}

/**
 * Copies an argument of another kind. Such objects cannot contain tasks, but a Map or Set may contain wrapped values.
 */
function copyOther(value: object, filling: Filling): unknown {
  if (value instanceof Map) return new Map([...value].map(([k, v]) => [fillIn(k, filling), fillIn(v, filling)]));
  if (value instanceof Set) return new Set([...value].map((item) => fillIn(item, filling)));
  if (isSelfHashing(value)) return value;
  // Structured clone alone would lose the fields of errors, among others. The copy must equal a stored and loaded
  // result.
  return restore(structuredClone(substitute(value)));
}

function unwrapArgument({ unwrap }: WrappedArgument, filling: Filling): unknown {
  switch (unwrap.kind) {
    case "raw":
      return unwrap.value;
    case "value":
      if (unwrap.isCopied) return fillIn(unwrap.value, filling);
      return fillIn(unwrap.value, { ...filling, copies: new Map(), other: asItIs });
    case "shared": {
      const { shared } = filling;
      if (!shared.has(unwrap.key)) {
        shared.set(unwrap.key, fillIn(unwrap.value, { ...filling, copies: new Map() }));
      }
      return shared.get(unwrap.key);
    }
  }
}

/**
 * Returns the arguments for a call of the function of `task`: directly if they contain no tasks, otherwise as a
 * promise.
 *
 * @throws {JugError} of kind "usage" if the arguments were changed after the declaration and contain a new task.
 */
export function resolveArguments(
  task: DeclaredTask,
  load: LoadResults,
  shared: SharedValues,
): unknown[] | Promise<unknown[]> {
  const given = task.compound?.runArgs ?? task.args;
  if (given.every(isPrimitive)) return [...given];
  const nodes = collectNodes(given, shared);
  if (nodes.size === 0) return copyFilled(given, NO_VALUES, shared);
  requireDeclared(task, nodes);
  return evaluateNodes(nodes.values(), load).then((values) => copyFilled(given, values, shared));
}

function isPrimitive(value: unknown): boolean {
  return typeof value !== "object" && typeof value !== "function" || value === null;
}

/** Returns a complete copy of `args`, with each task and tasklet replaced by its value in `values`. */
function copyFilled(args: readonly unknown[], values: ReadonlyMap<Hash, unknown>, shared: SharedValues): unknown[] {
  const filling: Filling = { values, shared, copies: new Map(), other: copyOther };
  return args.map((arg) => fillIn(arg, filling));
}

const NO_VALUES: ReadonlyMap<Hash, unknown> = new Map();

/**
 * Rejects nodes that are not dependencies of `task`. An array that was changed after it was passed to a task may
 * contain tasks that nothing waits for, even the task itself: a cycle that its hash cannot show.
 */
function requireDeclared(task: DeclaredTask, nodes: ReadonlyMap<Hash, Node>): void {
  const declared = new Set(task.dependencies.map((node) => node.hash));
  for (const node of nodes.values()) {
    if (declared.has(node.hash)) continue;
    throw new JugError(
      "usage",
      node.hash === task.hash
        ? `${task.name} depends on itself: it was put into its own arguments after it was declared`
        : `${task.name}: its arguments were changed after it was declared; they now contain ${node.name}`,
      { remedy: "Pass each task its own array or object, and do not change it afterwards" },
    );
  }
}
